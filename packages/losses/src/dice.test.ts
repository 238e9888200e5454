import {
  array,
  eagerEngine,
  jit,
  type NDArray,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { dice, type DiceOptions } from './dice.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

async function rowsOf(
  p: NDArray,
  y: NDArray,
  options: DiceOptions = {},
): Promise<readonly number[]> {
  const rows = jit((a: Tensor, b: Tensor) => dice(a, b, { ...options, reduction: 'none' }))
  return [...(await rows(p, y)).data]
}

describe('dice', () => {
  it('is one minus twice the overlap over the total', async () => {
    const [row] = await rowsOf(array([[0.5, 1, 0]]), array([[1, 1, 0]]))
    expect(row).toBeCloseTo(1 - (2 * 1.5 + 1) / (1.5 + 2 + 1), 6)
    const [plain] = await rowsOf(array([[0.5, 1, 0]]), array([[1, 1, 0]]), { smoothing: 1e-6 })
    expect(plain).toBeCloseTo(1 - 3 / 3.5, 5)
  })

  it('is 0 for two masks that agree, also when empty', async () => {
    const masks = array([
      [1, 0, 1],
      [0, 0, 0],
    ])
    expect(await rowsOf(masks, masks)).toEqual([0, 0])
  })

  it('has a finite gradient at two empty masks', async () => {
    const empty = array([[0, 0]])
    const { grad } = await jit((p: Tensor, y: Tensor) =>
      valueAndGrad((at: Tensor) => dice(at, y))(p),
    )(empty, empty)
    // The derivative of 1 - 1 / (p + 1), at 0.
    expect([...grad.data]).toEqual([1, 1])
  })
})
