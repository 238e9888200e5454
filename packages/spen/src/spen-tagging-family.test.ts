import {
  fitVocabularies,
  type TaggedDataset,
  taggedDataset,
  tagNamesOf,
  vocabularySizes,
} from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import { energyOverTagger } from '@deepstruct/feedforward'
import { viterbi } from '@deepstruct/inference'
import { eagerEngine, jit, random, type Tensor, useEngine } from '@deepstruct/tensor'
import { evaluateTags, fit } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  spenTaggingFamily,
  spenTaggingLearner,
  spenTaggingSettings,
  type SpenTaggingSettings,
} from './spen-tagging-family.ts'

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
const small = (chosen: Partial<SpenTaggingSettings> = {}): SpenTaggingSettings =>
  spenTaggingSettings({
    wordWidth: 4,
    units: 3,
    taggerEpochs: 1,
    energyEpochs: 2,
    inferenceSteps: 5,
    patience: 100,
    ...chosen,
  })

familyContract('spen of tags', {
  family: spenTaggingFamily,
  settings: small(),
  sizes,
  train: train.subset(Array.from({ length: 18 }, (_, i) => i)),
  dev: dev.subset([0, 1, 2, 3, 4]),
  batchSize: 8,
})

describe('an energy of neighboring tags', () => {
  it('finds what a tagger that was hardly trained does not, and nothing without it', async () => {
    const score = async (settings: SpenTaggingSettings): Promise<number> => {
      const { state } = await fit(spenTaggingLearner(settings, sizes), train, { dev, seed: 1 })
      const solve = spenTaggingFamily.solve(settings, sizes)
      return (await evaluateTags(solve)(state, dev)).score
    }
    const longer = { taggerEpochs: 4, energyEpochs: 12, energyRate: 0.1, inferenceSteps: 20 }
    const settings = small(longer)
    const alone = await score({ ...settings, tagEnergy: 'none' })
    expect(await score(settings)).toBeGreaterThan(alone + 0.1)
  }, 60_000)

  it('has the exact minimum by Viterbi: no energy that descent finds is lower, once rounded', async () => {
    const settings = small()
    const model = energyOverTagger(settings, sizes)
    const params = {
      ...model.init(random(2)),
      label: { pairs: random(3).normals([3, 3]) },
    } as never
    const { x } = dev.batch([0, 1, 2, 3, 4, 5])
    const potentials = await jit((state: never, inputs: Tensor) =>
      model.potentials!(state, model.encode(state, inputs)),
    )(params, x)
    const best = await viterbi(potentials)
    const solve = spenTaggingFamily.solve(small({ inferenceSteps: 40 }), sizes)
    const found = await jit((state: never, inputs: Tensor) => {
      const { y } = solve(state, inputs)
      const features = model.encode(state, inputs)
      const rounded = model.domain(features).round(y)
      return { energy: model.energy(state, features, rounded) }
    })(params, x)
    for (const [row, energy] of Array.from(found.energy.data).entries())
      expect(energy).toBeGreaterThanOrEqual(best.energy.data[row]! - 1e-4)
  })
})
