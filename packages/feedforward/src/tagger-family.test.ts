import {
  fitVocabularies,
  type TaggedDataset,
  taggedDataset,
  tagNamesOf,
  vocabularySizes,
} from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import {
  eagerEngine,
  grad,
  jit,
  type NDArray,
  ndarray,
  random,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { fit } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { taggerFamily, taggerLearner, taggerSettings } from './tagger-family.ts'
import { tagCrossEntropy } from './tagger-phase.ts'

beforeAll(async () => useEngine(await eagerEngine()))

/** Words whose tag is told by the word before them, for every second one, so that a tagger has to read its neighbors. */
function sentences(count: number, seed: number): TaggedDataset {
  const draw = random(seed)
  const made = Array.from({ length: count }, () => {
    const length = 2 + draw.integer(5)
    const tokens = Array.from({ length }, () => 'abcd'[draw.integer(4)]!)
    const tags = tokens.map((_, t) => ('ab'.includes(tokens[t - 1] ?? 'a') ? 'X' : 'Y'))
    return { tokens, tags }
  })
  const vocabularies = fitVocabularies(made, { features: ['word', 'suffix1'] })
  return taggedDataset({
    sentences: made,
    vocabularies,
    tagNames: tagNamesOf(made),
    lengths: [4, 8],
  })
}

const all = sentences(160, 1)
const rows = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i)
const [train, dev] = [all.subset(rows(0, 120)), all.subset(rows(120, 160))]
const sizes = { columns: vocabularySizes(all.vocabularies), tags: all.tagNames.length }
const small = { wordWidth: 6, columnWidth: 3, units: 6 }

familyContract('tagger', {
  family: taggerFamily,
  settings: { ...small, taggerEpochs: 2 },
  sizes,
  train: train.subset(rows(0, 50)),
  dev,
})

const learning = { ...small, taggerEpochs: 8, taggerRate: 0.03, dropoutInput: 0, dropoutUnits: 0.1 }

describe('the tagger', () => {
  it('learns what neighbors tell', async () => {
    const { history, status } = await fit(
      taggerLearner(taggerSettings(learning), sizes),
      train.subset(rows(0, 80)),
      { dev, seed: 1, batchSize: 10 },
    )
    expect(status).toBe('completed')
    expect(history.findLast(({ best }) => best)?.dev?.score).toBeGreaterThan(0.93)
  })

  it('tags a sentence alone as it tags it padded in a batch, and nothing beyond its end', async () => {
    const settings = taggerSettings(small)
    const params = taggerLearner(settings, sizes).init(train, random(1))
    const solve = jit((p: never, x: Tensor) => ({ ...taggerFamily.solve(settings, sizes)(p, x) }))
    const { x, y } = all.batch(rows(0, 6))
    const [, length, columns] = x.shape as [number, number, number]
    const together = await solve(params as never, x)
    for (let row = 0; row < 6; row++) {
      const words = all.sentences[row]!.tokens.length
      const alone: NDArray = ndarray(
        x.data.slice(row * length * columns, (row * length + words) * columns),
        [1, words, columns],
        'int32',
      )
      const { y: expected, energy } = await solve(params as never, alone)
      const got = together.y.data.subarray(row * length * 2, (row + 1) * length * 2)
      for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected.data[i] ?? 0, 5)
      expect(together.energy.data[row]).toBeCloseTo(energy.data[0]!, 4)
    }
    expect(together.y.shape).toEqual(y.shape)
  })
})

describe('tagCrossEntropy', () => {
  const y = ndarray([1, 0, 0, 0, 0, 1, 0, 0, 0], [1, 3, 3])
  const mask = ndarray([1, 1, 0], [1, 3])

  it('is that of the tokens, by hand', async () => {
    const logits = ndarray([0, 0, 0, Math.log(2), 0, 0, 5, 6, 7], [1, 3, 3])
    const { data } = await jit(tagCrossEntropy)(logits, y, mask)
    expect(data[0]).toBeCloseTo(Math.log(3) + Math.log(4), 5)
  })

  it('has the gradient softmax minus truth at tokens, and none beyond', async () => {
    const gradient = jit((z: Tensor, labels: Tensor, counts: Tensor) =>
      grad((at: Tensor) => sum(tagCrossEntropy(at, labels, counts)))(z),
    )
    const { data } = await gradient(ndarray(new Float32Array(9), [1, 3, 3]), y, mask)
    const expected = [1 / 3 - 1, 1 / 3, 1 / 3, 1 / 3, 1 / 3, 1 / 3 - 1, 0, 0, 0]
    for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 6)
  })
})
