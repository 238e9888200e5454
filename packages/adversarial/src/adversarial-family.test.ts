import { imageDataset, type ImageDataset, syntheticShapes } from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import { fcnLearner } from '@deepstruct/feedforward'
import {
  DomainError,
  eagerEngine,
  jit,
  ndarray,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { fit, type Fitted } from '@deepstruct/training'
import { isDeepStrictEqual } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  adversarialFamily,
  type AdversarialFamilyState,
  adversarialLearner,
  type AdversarialSettings,
  adversarialSettings,
} from './adversarial-family.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const shapes = (examples: number, seed: number) =>
  syntheticShapes({ seed, examples, size: 24, noise: 0.1, fog: 1 })

/** Masks of the discs and rings alone. */
function ofTargets({ images, masks }: ImageDataset): ImageDataset {
  const object = Float32Array.from(
    { length: masks.data.length / 4 },
    (_, pixel) => masks.data[4 * pixel + 1]! + masks.data[4 * pixel + 2]!,
  )
  return imageDataset({ images, masks: ndarray(object, masks.shape.slice(0, 3)) })
}

const [train, dev] = [shapes(18, 1), shapes(6, 2)]
const [trainTargets, devTargets] = [ofTargets(train), ofTargets(dev)]
const sizes = { height: 24, width: 24, channels: 1, classes: 4 }
const targetSizes = { height: 24, width: 24, channels: 1 }

const small = (chosen: Partial<AdversarialSettings> = {}): AdversarialSettings =>
  adversarialSettings({
    channels: [4, 6],
    kernelSize: 3,
    segmenterRate: 0.01,
    segmenterEpochs: 2,
    warmupEpochs: 1,
    segmenterFineEpochs: 1,
    discriminatorChannels: [3, 4],
    discriminatorKernelSize: 3,
    discriminatorRate: 0.005,
    ...chosen,
  })

familyContract('adversarial, one object', {
  family: adversarialFamily,
  settings: { ...small() },
  sizes: targetSizes,
  train: trainTargets,
  dev: devTargets,
  batchSize: 6,
})

familyContract('adversarial, several classes', {
  family: adversarialFamily,
  settings: { ...small({ discriminatorInput: 'product', adversarialForm: 'saturating' }) },
  sizes,
  train,
  dev,
  batchSize: 6,
})

const trained = (settings: AdversarialSettings): Promise<Fitted<AdversarialFamilyState>> =>
  fit(adversarialLearner(settings, sizes), train, { dev, seed: 1, batchSize: 6 })

describe('adversarialLearner', () => {
  it('trains the segmenter alone, then both; nothing moves what was before', async () => {
    const learner = adversarialLearner(small(), sizes)
    expect(learner.phases.map(({ name, epochs }) => [name, epochs])).toEqual([
      ['segmenter', 1],
      ['adversary', 1],
      ['adversary, fine', 1],
    ])
    const start = learner.init(train, random(1))
    const moved: string[][] = []
    for (const phase of learner.phases) {
      const { state } = await fit({ ...learner, init: () => start, phases: [phase] }, train, {
        batchSize: 6,
      })
      moved.push(
        (['statistics', 'network', 'discriminator', 'before'] as const).filter(
          (part) => !isDeepStrictEqual(state[part], start[part]),
        ),
      )
    }
    expect(moved).toEqual([['network'], ['network', 'discriminator'], ['network', 'discriminator']])
  })

  it('tells both losses, how often the discriminator is right, and the IoU', async () => {
    const { history, status } = await trained(small({ segmenterEpochs: 8, warmupEpochs: 2 }))
    expect(status).toBe('completed')
    const epochs = history.filter(({ phase, epoch }) => phase === 'adversary' && epoch > 0)
    expect(epochs).toHaveLength(6)
    for (const { train: measured } of epochs) {
      expect(Object.keys(measured).toSorted()).toEqual([
        'discriminator.accuracy',
        'discriminator.loss',
        'discriminator.ofMade',
        'discriminator.ofTruth',
        'segmenter.adversarial',
        'segmenter.crossEntropy',
        'segmenter.loss',
        'segmenter.meanIoU',
      ])
      const { 'segmenter.loss': loss, 'segmenter.crossEntropy': supervised } = measured
      expect(loss).toBeCloseTo(supervised! + 0.1 * measured['segmenter.adversarial']!, 4)
    }
    const loss = (epoch: number): number => epochs.at(epoch)!.train['discriminator.loss']!
    expect(loss(-1)).toBeLessThan(loss(0))
    expect(history.at(-1)!.dev!.score).toBeGreaterThan(history[0]!.dev!.score)
  }, 60_000)

  it('keeps the segmenter of the warm-up as it was', async () => {
    const { state } = await trained(small())
    const { before } = (await trained(small({ segmenterEpochs: 1, segmenterFineEpochs: 0 }))).state
    expect(state.before).toEqual(before)
    expect(state.network).not.toEqual(before)
  })

  it('with weight 0 moves the segmenter as if there were no adversary', async () => {
    const settings = small({ adversarialWeight: 0, warmupEpochs: 0, dropout: 0 })
    const { state } = await fit(adversarialLearner(settings, sizes), train, { batchSize: 6 })
    const learner = adversarialLearner(settings, sizes)
    const alone = fcnLearner(settings, sizes)
    const { state: expected } = await fit(
      { ...alone, init: (data, draw) => learner.init(data, draw) },
      train,
      { batchSize: 6 },
    )
    const kernel = (of: typeof expected): ArrayLike<number> => of.network.output.kernel.data
    for (const [i, value] of Array.from(kernel(state)).entries())
      expect(value).toBeCloseTo(kernel(expected)[i]!, 4)
  })

  it('refuses images smaller than the receptive field, and a negative weight', () => {
    const of = (height: number) => () =>
      adversarialLearner(adversarialSettings(), { height, width: 32, channels: 3 })
    expect(of(23)).not.toThrow()
    expect(of(20)).toThrow(DomainError)
    expect(of(20)).toThrow(/15 × 24 pixels.*17 × 17 or more.*receptive field/)
    expect(() => adversarialSettings({ adversarialWeight: -1 })).toThrow(/adversarialWeight.*-1/)
  })
})

describe('adversarialFamily', () => {
  it('shows what was before, and what the discriminator thinks of each part', async () => {
    const settings = small()
    const { state } = await trained(settings)
    const { x, y } = dev.batch([0, 1])
    const before = adversarialFamily.earlier!.solve(settings, sizes)
    const solve = adversarialFamily.solve(settings, sizes)
    const judge = adversarialFamily.judge!(settings, sizes)
    const seen = await jit((s: AdversarialFamilyState, images: Tensor, masks: Tensor) => ({
      before: before(s, images).y,
      same: solve({ ...s, network: s.before }, images).y,
      judged: judge(s, { x: images, y: masks }),
    }))(state, x, y)
    expect(seen.before).toEqual(seen.same)
    // Kernels of 3 without padding: 24 → 22 → 10.
    expect(seen.judged.shape).toEqual([2, 10, 10])
    for (const value of seen.judged.data) expect(value > 0 && value < 1).toBe(true)
  })
})
