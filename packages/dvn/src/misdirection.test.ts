import { checkGradient } from '@deepstruct/testing'
import {
  array,
  constant,
  eagerEngine,
  gradOfRows,
  jit,
  mul,
  neg,
  random,
  square,
  sum,
  tanh,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { misdirection } from './misdirection.ts'
import { iouValue } from './oracle-values.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const weighted =
  (weights: Tensor) =>
  (y: Tensor): Tensor =>
    sum(mul(weights, y), 1)

describe('misdirection', () => {
  it('is one minus the cosine of the two gradients', async () => {
    const found = await jit((a: Tensor, b: Tensor, y: Tensor) => ({
      rows: misdirection(weighted(a), weighted(b), y),
    }))(
      array([
        [3, 4],
        [1, 0],
        [1, 1],
        [0, 0],
      ]),
      array([
        [4, 3],
        [0, 7],
        [-2, -2],
        [1, 2],
      ]),
      array([
        [0, 0],
        [0.5, 1],
        [1, 0.25],
        [1, 1],
      ]),
    )
    const expected = [1 - 24 / 25, 1, 2, 1]
    for (const [row, value] of expected.entries())
      expect(found.rows.data[row]).toBeCloseTo(value, 5)
  })

  it('is 0 along the oracle whatever the length, and 2 against it', async () => {
    const draw = random(1)
    const [truth, y] = [draw.bernoullis([3, 6], 0.5), draw.uniforms([3, 6])]
    const found = await jit((t: Tensor, outputs: Tensor) => {
      const oracle = (at: Tensor): Tensor => iouValue(t, at)
      return {
        along: misdirection((at) => mul(1e-2, oracle(at)), oracle, outputs),
        against: misdirection((at) => neg(mul(5, oracle(at))), oracle, outputs),
      }
    })(truth, y)
    for (const row of [0, 1, 2]) {
      expect(found.along.data[row]).toBeCloseTo(0, 5)
      expect(found.against.data[row]).toBeCloseTo(2, 5)
    }
  })

  it('has the gradient that differences show: it turns the network and not the oracle', async () => {
    const draw = random(2)
    const [b, y] = [draw.normals([3, 4]), draw.uniforms([3, 4])]
    const turned = (weights: Tensor, target: Tensor): Tensor =>
      misdirection((at) => sum(tanh(mul(weights, square(at))), 1), weighted(target), constant(y))
    await checkGradient((weights) => turned(weights, constant(b)), [draw.normals([3, 4])])
    const slope = await jit((target: Tensor) =>
      gradOfRows((t) => turned(constant(draw.normals([3, 4])), t))(target),
    )(b)
    expect(slope.data.every((value) => value === 0)).toBe(true)
  })
})
