import {
  add,
  array,
  check,
  DomainError,
  eagerEngine,
  type Engine,
  grad,
  greater,
  jit,
  loop,
  matMul,
  mul,
  offTape,
  random,
  sub,
  sum,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { explain } from './explain.ts'
import { onnxEngine } from './onnx-engine.ts'

let engines: readonly Engine[]
beforeAll(async () => {
  engines = [await eagerEngine({ backend: 'cpu' }), await onnxEngine()]
})

/** Runs on both engines and compares. */
async function same(
  fn: (...args: never[]) => Tensor,
  ...args: readonly ReturnType<typeof array>[]
): Promise<void> {
  const [expected, got] = await Promise.all(
    engines.map(async (engine) => jit(fn as (...tensors: Tensor[]) => Tensor, { engine })(...args)),
  )
  expect(got!.shape).toEqual(expected!.shape)
  for (const [i, value] of expected!.data.entries()) expect(got!.data[i]).toBeCloseTo(value, 4)
}

const x = random(1).normals([2, 3])
const w = random(2).normals([3, 3], 0, 0.5)
const settle = (steps: number) => (start: Tensor, weights: Tensor) =>
  loop(
    steps,
    // The product of the weights with themselves does not change from step to step.
    ({ y, n }: { y: Tensor; n: Tensor }) => ({
      y: tanh(add(matMul(y, matMul(weights, weights)), 0.1)),
      n: add(n, 1),
    }),
    { y: start, n: sum(mul(start, 0)) },
  ).y

describe('a loop', () => {
  it.each([1, 3, 400])('of %i steps does what it does eagerly', async (steps) => {
    await same(settle(steps), x, w)
  })

  it('stays a loop where it is long, with what does not change outside of it', async () => {
    const text = await explain(settle(1000), [x, w])
    expect(text).toMatch(/1 × Loop/)
    expect(text.split('loop:')[0]).toMatch(/1 × MatMul/)
    expect(text.split('loop:')[1]).toMatch(/1 × MatMul/)
  })

  it('is written out where it is short', async () => {
    expect(await explain(settle(3), [x, w])).not.toMatch(/Loop/)
  })

  it('is written out where steps differ', async () => {
    const fn = (start: Tensor): Tensor =>
      loop(800, ({ y }: { y: Tensor }, i) => ({ y: mul(add(y, i % 7), 0.5) }), { y: start }).y
    await same(fn, x)
  })

  it('is written out where it is differentiated', async () => {
    const fn = (start: Tensor): Tensor =>
      grad((at: Tensor) =>
        sum(
          loop(600, ({ y }: { y: Tensor }) => ({ y: sub(y, mul(0.01, mul(y, y))) }), { y: at }).y,
        ),
      )(start)
    await same(fn, array([0.3, 0.7]))
  })

  it('stays a loop inside of a derivative when it is off the tape', async () => {
    const fn = (start: Tensor, weights: Tensor): Tensor =>
      grad((at: Tensor) =>
        sum(
          mul(
            at,
            offTape(() => settle(500)(at, weights)),
          ),
        ),
      )(start)
    await same(fn, x, w)
    expect(await explain(fn, [x, w])).toMatch(/Loop/)
  })

  it('may hold another loop, and hand values through', async () => {
    const fn = (start: Tensor, weights: Tensor): Tensor => {
      const { a, b } = loop(
        30,
        (state: { a: Tensor; b: Tensor }) => ({
          a: loop(400, ({ y }: { y: Tensor }) => ({ y: tanh(matMul(add(y, state.b), weights)) }), {
            y: Array.from({ length: 20 }).reduce((z: Tensor) => tanh(add(z, state.b)), state.a),
          }).y,
          b: state.b,
        }),
        { a: start, b: mul(start, 2) },
      )
      return add(a, b)
    }
    await same(fn, x, w)
    expect((await explain(fn, [x, w])).match(/Loop/g)).toHaveLength(2)
  })

  it('exchanges its values in place', async () => {
    const fn = (start: Tensor): Tensor => {
      const swap = ({ a, b }: { a: Tensor; b: Tensor }): { a: Tensor; b: Tensor } => ({
        a: mul(b, 1.001),
        b: a,
      })
      const { a, b } = loop(1501, swap, { a: start, b: mul(start, 3) })
      return sub(a, b)
    }
    await same(fn, x)
  })

  it('lets checks inside of it be seen', async () => {
    const fn = jit(
      (start: Tensor) =>
        loop(
          700,
          ({ y }: { y: Tensor }) => {
            check(
              greater(y, -10),
              () =>
                new DomainError({
                  function: 'descend',
                  argument: 'y',
                  got: 'too small',
                  expected: 'above -10',
                }),
            )
            return { y: sub(y, 0.1) }
          },
          { y: start },
        ),
      { engine: engines[1]! },
    )
    await expect(fn(array([1, 5]))).rejects.toThrow(DomainError)
  })
})
