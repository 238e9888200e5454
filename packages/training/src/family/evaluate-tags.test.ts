import {
  array,
  cast,
  eagerEngine,
  greater,
  ndarray,
  type NDArray,
  oneHot,
  squeeze,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Dataset } from '../dataset.ts'
import { evaluateTags } from './evaluate-tags.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

// Ids of two sentences of different lengths, and their tags.
const sentences = [
  { ids: [2, 3, 4], tags: [0, 1, 1] },
  { ids: [3], tags: [1] },
  { ids: [4, 2], tags: [0, 0] },
]

/** Pads each batch to its own longest sentence. */
const data: Dataset<{ x: NDArray; y: NDArray }> = {
  size: 3,
  batch(rows) {
    const chosen = Array.from(rows, (row) => sentences[row]!)
    const length = Math.max(...chosen.map(({ ids }) => ids.length))
    const x = chosen.flatMap(({ ids }) => Array.from({ length }, (_, t) => ids[t] ?? 0))
    const y = chosen.flatMap(({ tags }) =>
      Array.from({ length }, (_, t) => [Number(tags[t] === 0), Number(tags[t] === 1)]).flat(),
    )
    return {
      x: ndarray(x, [chosen.length, length, 1], 'int32'),
      y: ndarray(y, [chosen.length, length, 2], 'float32'),
    }
  },
}

/** Predicts tag 0 for the id 2, and 1 for others. */
const solve = (_: object, x: Tensor): never => {
  const other = cast(greater(squeeze(x, [2]), 2), 'int32')
  const y = cast(oneHot(other, 2), 'float32')
  return { y, energy: sum(y, [1, 2]) } as never
}

describe('evaluateTags', () => {
  it.each([1, 2, 8])('is computed by hand, in batches of %i sentences', async (batchSize) => {
    const measured = await evaluateTags(solve, batchSize)({ w: array([0]) }, data)
    // Right: all of the first, the second, and the last token: 5 of 6. F1 of tag 0: 2·2 / (2 + 3); of tag 1: 2·3 / (4 + 3).
    expect(measured.score).toBeCloseTo(5 / 6, 6)
    expect(measured['tokenAccuracy']).toBe(measured.score)
    expect(measured['macroF1']).toBeCloseTo((4 / 5 + 6 / 7) / 2, 6)
  })
})
