import { array, eagerEngine, jit, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { squaredError } from './squared-error.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

describe('squaredError', () => {
  it('sums squares over any structure', async () => {
    const rows = jit((a: Tensor, b: Tensor) => squaredError(a, b, { reduction: 'none' }))
    const predictions = array([
      [
        [1, 2],
        [0, -1],
      ],
      [
        [3, 0],
        [0.5, 0],
      ],
    ])
    const targets = array([
      [
        [0, 2],
        [2, -2],
      ],
      [
        [1, 0],
        [0, 0],
      ],
    ])
    expect([...(await rows(predictions, targets)).data]).toEqual([1 + 4 + 1, 4 + 0.25])
  })

  it('of an empty batch is 0', async () => {
    const loss = jit((a: Tensor, b: Tensor) => squaredError(a, b))
    const empty = { shape: [0, 3], dtype: 'float32', data: new Float32Array() } as const
    expect((await loss(empty, empty)).data[0]).toBe(0)
  })
})
