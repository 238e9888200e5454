import {
  fitVocabularies,
  type TaggedDataset,
  taggedDataset,
  tagNamesOf,
  vocabularySizes,
} from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import { eagerEngine, random, useEngine } from '@deepstruct/tensor'
import { fit, scorer } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  infnetTaggingFamily,
  infnetTaggingLearner,
  infnetTaggingSettings,
  type InfnetTaggingSettings,
} from './infnet-tagging-family.ts'

beforeAll(async () => useEngine(await eagerEngine()))

/** Three tags in turn, from any of them on; half of the words may have any tag. */
function turns(count: number, seed: number): TaggedDataset {
  const draw = random(seed)
  const sentences = Array.from({ length: count }, () => {
    const first = draw.integer(3)
    const tags = Array.from({ length: 2 + draw.integer(5) }, (_, t) => 'ABC'[(first + t) % 3]!)
    return { tags, tokens: tags.map((tag) => (draw.integer(2) === 0 ? 'any' : tag)) }
  })
  const vocabularies = fitVocabularies(sentences, { features: ['word'] })
  return taggedDataset({
    sentences,
    vocabularies,
    tagNames: tagNamesOf(sentences),
    lengths: [4, 8],
  })
}

const all = turns(72, 1)
const train = all.subset(Array.from({ length: 56 }, (_, i) => i))
const dev = all.subset(Array.from({ length: 16 }, (_, i) => 56 + i))
const sizes = { columns: vocabularySizes(all.vocabularies), tags: 3 }
const small = (chosen: Partial<InfnetTaggingSettings> = {}): InfnetTaggingSettings =>
  infnetTaggingSettings({
    wordWidth: 4,
    units: 3,
    taggerEpochs: 1,
    gameEpochs: 1,
    tuningEpochs: 1,
    patience: 100,
    ...chosen,
  })

familyContract('infnet of tags', {
  family: infnetTaggingFamily,
  settings: small(),
  sizes,
  train: train.subset(Array.from({ length: 18 }, (_, i) => i)),
  dev: dev.subset([0, 1, 2, 3, 4]),
  batchSize: 8,
})

describe('an inference network of tags', () => {
  it('answers in one pass, in the simplices and 0 beyond the end of a sentence', async () => {
    const settings = small()
    const { state, status } = await fit(infnetTaggingLearner(settings, sizes), train, { seed: 1 })
    expect(status).toBe('completed')
    const { scores, labels } = await scorer(infnetTaggingFamily.solve(settings as never, sizes))(
      state,
      dev,
    )
    for (let start = 0; start < scores.data.length; start += 3) {
      const sum = (data: ArrayLike<number>): number =>
        data[start]! + data[start + 1]! + data[start + 2]!
      expect(sum(scores.data)).toBeCloseTo(sum(labels.data), 5)
    }
  })

  it('starts as the tagger that the energy holds, and moves apart from it', async () => {
    const settings = small()
    const fresh = infnetTaggingLearner(settings, sizes).init(train, random(1))
    expect(fresh.inference).toEqual({ features: fresh.features, output: fresh.output })
    const { state } = await fit(infnetTaggingLearner(settings, sizes), train, { seed: 1 })
    expect(state.inference.features).not.toEqual(state.features)
    expect(state.pretrained.features).toEqual(state.features)
  })

  it('ends as diverged when energies run out of bounds', async () => {
    const settings = small({ energyRate: 1e4, energyBound: 1 })
    const { status } = await fit(infnetTaggingLearner(settings, sizes), train, { dev, seed: 1 })
    expect(status).toBe('diverged')
  })
})
