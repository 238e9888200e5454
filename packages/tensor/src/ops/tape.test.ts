import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  add,
  array,
  eagerEngine,
  type Engine,
  exp,
  grad,
  gradOfRows,
  greater,
  jit,
  mul,
  offTape,
  relu,
  stopGradient,
  sub,
  sum,
  type Tensor,
  topK,
  valueAndGrad,
  where,
} from '../index.ts'
import { differentiable } from './differentiable.ts'

describe.each(['wasm', 'cpu'] as const)('the tape on %s', (backend) => {
  let engine: Engine
  beforeAll(async () => {
    engine = await eagerEngine({ backend })
  })
  const run = async (f: (x: Tensor) => Tensor, ...x: number[]): Promise<number[]> => [
    ...(await jit(f, { engine })(array(x))).data,
  ]

  it('treats what is stopped as a constant', async () => {
    expect(
      await run(
        grad((x) => sum(mul(x, stopGradient(mul(x, x))))),
        1,
        3,
      ),
    ).toEqual([1, 9])
  })

  it('takes a gradient off the tape inside a gradient', async () => {
    // y* = x - d(x²)/dx = -x, a constant here: d(x · y*)/dx = -x and not -2x.
    const f = (x: Tensor): Tensor =>
      sum(
        mul(
          x,
          offTape(() => sub(x, gradOfRows((y) => mul(y, y))(x))),
        ),
      )
    expect(await run(grad(f), 1, 3)).toEqual([-1, -3])
  })

  it('differentiates through a gradient on the tape', async () => {
    const f = (x: Tensor): Tensor => sum(mul(x, sub(x, gradOfRows((y) => mul(y, y))(x))))
    expect(await run(grad(f), 1, 3)).toEqual([-2, -6])
  })

  it('puts the tape back, whatever happens off it', async () => {
    const f = (x: Tensor): Tensor => {
      const before = mul(x, x)
      expect(() =>
        offTape(() =>
          grad((y: Tensor) => {
            sum(exp(y))
            throw new RangeError('off the tape')
          })(x),
        ),
      ).toThrow(RangeError)
      return sum(add(before, mul(x, 3)))
    }
    const { numTensors } = tf.memory()
    expect(await run(grad(f), 1, 3)).toEqual([5, 9])
    expect(tf.memory().numTensors).toBe(numTensors)
  })

  it('takes a gradient inside the forward pass of an op with a gradient of its own', async () => {
    const slope = differentiable(
      (x) => offTape(() => gradOfRows((y) => mul(y, mul(y, y)))(x)),
      (dy, x) => mul(dy, mul(6, x)),
    )
    expect(await run((x) => slope(x), 1, 2)).toEqual([3, 12])
    expect(
      await run(
        grad((x) => sum(slope(x))),
        1,
        2,
      ),
    ).toEqual([6, 12])
  })

  it('lets comparisons and indices stand on the path of a gradient', async () => {
    const f = (x: Tensor): Tensor => sum(where(greater(x, topK(x, 1).values), 0, mul(x, x)))
    expect(await run(grad(f), 1, 3)).toEqual([2, 6])
  })

  it('gives a third derivative', async () => {
    const third = gradOfRows(gradOfRows(gradOfRows((x) => mul(exp(x), x))))
    const [at0] = await run(third, 0)
    expect(at0).toBeCloseTo(3, 5)
  })

  it('hands further results through without their gradient', async () => {
    const f = jit(
      (x: Tensor) => valueAndGrad((y: Tensor) => ({ value: sum(relu(y)), aux: exp(y) }))(x),
      { engine },
    )
    const { value, grad: gradient, aux } = await f(array([0, 2]))
    expect([...value.data, ...gradient.data, aux.data[0]]).toEqual([2, 0, 1, 1])
  })
})
