import {
  array,
  eagerEngine,
  jit,
  type NDArray,
  random,
  ShapeError,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { featureStatistics, standardizeFeatures } from './feature-statistics.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

interface Rows {
  readonly size: number
  batch(rows: ArrayLike<number>): { readonly x: NDArray }
}

function rowsOf(x: NDArray): Rows {
  const [size = 0, width = 0] = x.shape
  return {
    size,
    batch: (rows) => ({
      x: {
        ...x,
        shape: [rows.length, width],
        data: Float32Array.from(
          Array.from(rows).flatMap((row) => [...x.data.subarray(row * width, (row + 1) * width)]),
        ),
      },
    }),
  }
}

describe('standardizeFeatures', () => {
  it('gives training data mean 0 and deviation 1, over several blocks of rows', async () => {
    const x = random(1).normals([700, 2], 5, 3)
    const { data } = await jit(standardizeFeatures)(x, featureStatistics(rowsOf(x)))
    for (const column of [0, 1]) {
      const values = Array.from({ length: 700 }, (_, row) => data[2 * row + column]!)
      const mean = values.reduce((total, value) => total + value, 0) / 700
      const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / 700
      expect(mean).toBeCloseTo(0, 5)
      expect(variance).toBeCloseTo(1, 4)
    }
  })

  it('is known by hand', async () => {
    const x = array([
      [1, 0],
      [3, 4],
    ])
    const { data } = await jit(standardizeFeatures)(x, featureStatistics(rowsOf(x)))
    expect([...data]).toEqual([-1, -1, 1, 1])
  })

  it('reads nothing off a feature that was constant', async () => {
    const statistics = featureStatistics(
      rowsOf(
        array([
          [0.1, 1],
          [0.1, 3],
          [0.1, 5],
        ]),
      ),
    )
    const { data } = await jit(standardizeFeatures)(array([[7, 3]]), statistics)
    expect([...data]).toEqual([0, 0])
  })

  it('wants an example', () => {
    expect(() => featureStatistics(rowsOf(array([])))).toThrow(ShapeError)
  })
})
