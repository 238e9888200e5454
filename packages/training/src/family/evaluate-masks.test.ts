import {
  array,
  eagerEngine,
  mean,
  ndarray,
  type NDArray,
  ShapeError,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../dataset.ts'
import { evaluateMasks } from './evaluate-masks.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

/** Predicts that bright pixels are foreground. */
const bright = (_: object, x: Tensor): never => {
  const none = sum(x, [1, 2, 3])
  return { y: mean(x, 3), energy: none, steps: none, status: none } as never
}

const dataset = (x: NDArray, y: NDArray): Dataset<{ x: NDArray; y: NDArray }> => ({
  size: y.shape[0]!,
  batch: (rows) => ({ x: pick(x, rows), y: pick(y, rows) }),
})

function pick({ data, shape }: NDArray, rows: ArrayLike<number>): NDArray {
  const width = data.length / shape[0]!
  const picked = Array.from(rows).flatMap((row) => [
    ...data.subarray(row * width, (row + 1) * width),
  ])
  return ndarray(picked, [rows.length, ...shape.slice(1)], 'float32')
}

describe('evaluateMasks', () => {
  // Foreground where x > 0.5: (1, 1, 0, 0), (0, 0, 0, 1), (0, 0, 0, 0).
  const x = ndarray([0.9, 0.6, 0.5, 0.1, 0.2, 0.4, 0, 0.8, 0, 0, 0, 0], [3, 2, 2, 1], 'float32')
  const y = ndarray([1, 0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 0], [3, 2, 2], 'float32')

  it.each([1, 2, 16])('is computed by hand, in batches of %i', async (batchSize) => {
    const measured = await evaluateMasks(bright, batchSize)({ w: array([0]) }, dataset(x, y))
    // IoU 1/2, 1/2, and 1 where nothing is there and nothing predicted; 2 hits in a union of 4; 10 of 12 pixels.
    expect(measured.score).toBeCloseTo(2 / 3, 6)
    expect(measured['meanIoU']).toBe(measured.score)
    expect(measured['globalIoU']).toBeCloseTo(1 / 2, 6)
    expect(measured['pixelAccuracy']).toBeCloseTo(10 / 12, 6)
  })

  it('refuses data without examples', async () => {
    const none = dataset(ndarray([], [0, 2, 2, 1], 'float32'), ndarray([], [0, 2, 2], 'float32'))
    await expect(evaluateMasks(bright)({ w: array([0]) }, none)).rejects.toThrow(ShapeError)
  })
})
