import { imageDataset, type ImageDataset } from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import { solveMasks, segmenterNetwork, type SegmenterState } from '@deepstruct/feedforward'
import { cropGrid } from '@deepstruct/inference'
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
  dvnSegmentationFamily,
  dvnSegmentationLearner,
  type DvnSegmentationSettings,
  dvnSegmentationSettings,
  type DvnSegmentationState,
} from './dvn-segmentation-family.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const sizes = { height: 8, width: 8, channels: 1 }

/** Bright rectangles on a dark, noisy ground. */
function rectangles(examples: number, seed: number): ImageDataset {
  const draw = random(seed)
  const masks = new Float32Array(examples * 64)
  for (let i = 0; i < masks.length; i += 64) {
    const [top, left] = [1 + draw.integer(3), 1 + draw.integer(3)]
    const [bottom, right] = [top + 2 + draw.integer(3), left + 2 + draw.integer(3)]
    for (let pixel = 0; pixel < 64; pixel++) {
      const [row, column] = [pixel >> 3, pixel & 7]
      masks[i + pixel] = Number(row >= top && row < bottom && column >= left && column < right)
    }
  }
  const images = draw.uniforms([examples, 8, 8, 1], 0, 0.5)
  for (const [pixel, inside] of masks.entries()) images.data[pixel]! += 0.5 * inside
  return imageDataset({ images, masks: ndarray(masks, [examples, 8, 8]) })
}

const [train, dev] = [rectangles(32, 1), rectangles(16, 2)]

const small = (chosen: Partial<DvnSegmentationSettings> = {}): DvnSegmentationSettings =>
  dvnSegmentationSettings({
    channels: [6, 8],
    kernelSize: 3,
    units: [16],
    inferenceSteps: 8,
    inferenceRate: 0.15,
    ascentSteps: 2,
    rate: 5e-3,
    cropsPerSide: 2,
    valueEpochs: 1,
    valueFineEpochs: 0,
    segmenterEpochs: 1,
    segmenterFineEpochs: 0,
    ...chosen,
  })

const trained = (
  settings: DvnSegmentationSettings,
  seed = 1,
): Promise<Fitted<DvnSegmentationState>> =>
  fit(dvnSegmentationLearner(settings, sizes), train, { dev, seed, batchSize: 4 })

familyContract('dvn of masks', {
  family: dvnSegmentationFamily,
  settings: { ...small({ start: 'fcn', copies: 2 }) },
  sizes,
  train,
  dev,
  batchSize: 8,
})

describe('dvnSegmentationLearner', () => {
  it('learns what masks are worth, and climbs to good ones', async () => {
    const { history } = await trained(
      small({ terms: 'global', direction: 0, valueEpochs: 25, rate: 1e-2, dropout: 0 }),
    )
    const scores = history.map((record) => record.dev?.score ?? 0)
    expect(scores[0]).toBeLessThan(0.25)
    expect(Math.max(...scores)).toBeGreaterThan(0.5)
  }, 60_000)

  it('learns sooner where pixels count by themselves and the gradient is told its direction', async () => {
    const { history } = await trained(small({ valueEpochs: 6, rate: 1e-2, dropout: 0 }))
    expect(Math.max(...history.map((record) => record.dev?.score ?? 0))).toBeGreaterThan(0.6)
  }, 60_000)

  it.each([
    ['local', ['local', 'statistics']],
    ['global', ['statistics', 'value']],
    ['both', ['local', 'statistics', 'value']],
  ] as const)('has the parameters of the terms: %s', (terms, parts) => {
    const state = dvnSegmentationLearner(small({ terms }), sizes).init(train, random(1))
    expect(Object.keys(state).toSorted()).toEqual(parts)
  })

  it('takes the logits of a segmenter for what pixels count by themselves', () => {
    const learner = dvnSegmentationLearner(small({ start: 'fcn' }), sizes)
    const state = learner.init(train, random(1))
    expect(state.local!.network).not.toEqual(state.network)
    const [, , value, fine] = learner.phases
    expect(value!.enter!(state, random(1)).local!.network).toEqual(state.network)
    expect(fine!.enter).toBeUndefined()
  })

  it('trains a segmenter first where it refines one, and leaves it alone then', async () => {
    const settings = small({ start: 'fcn' })
    const learner = dvnSegmentationLearner(settings, sizes)
    expect(learner.phases.map(({ name }) => name)).toEqual([
      'segmenter',
      'segmenter, fine',
      'value',
      'value, fine',
    ])
    const start = learner.init(train, random(1))
    const moved: Record<string, string[]> = {}
    for (const phase of learner.phases.filter(({ epochs }) => epochs > 0)) {
      const { state } = await fit({ ...learner, init: () => start, phases: [phase] }, train, {
        batchSize: 4,
      })
      moved[phase.name] = (['statistics', 'network', 'value', 'local'] as const).filter(
        (part) => !isDeepStrictEqual(state[part], start[part]),
      )
    }
    expect(moved).toEqual({ segmenter: ['network'], value: ['value', 'local'] })
  })

  it('refines what the segmenter finds', async () => {
    const settings = small({ start: 'fcn', inferenceSteps: 1, inferenceRate: 1e-9 })
    const { state } = await trained(settings)
    const crops = cropGrid(sizes, settings.cropShare, settings.cropsPerSide)
    const solve = dvnSegmentationFamily.solve(settings, sizes)
    const { own, segmenter } = await jit((s: DvnSegmentationState, x: Tensor) => ({
      own: solve(s as never, x).y,
      segmenter: solveMasks(segmenterNetwork(settings, sizes), s as SegmenterState, x, crops).y,
    }))(state, dev.batch([0, 1]).x)
    for (const [i, value] of segmenter.data.entries()) expect(own.data[i]).toBeCloseTo(value, 5)
  })
})

describe('dvnSegmentationFamily', () => {
  it('says what its masks are worth', async () => {
    const settings = small()
    const params = dvnSegmentationLearner(settings, sizes).init(train, random(1))
    const values = dvnSegmentationFamily.values!(settings, sizes)
    const { x, y } = dev.batch([0, 1, 2])
    const { predicted, actual } = await jit((p: never, images: Tensor, masks: Tensor) => ({
      ...values(p, { x: images, y: masks }, masks),
    }))(params as never, x, y)
    expect(predicted.data.every((value) => value > 0 && value < 1)).toBe(true)
    for (const value of actual.data) expect(value).toBeCloseTo(1, 6)
  })

  it('has settings that survive JSON, and goes so many steps', () => {
    const settings = dvnSegmentationSettings()
    expect(settings).toMatchObject({ oracle: 'iou', cropsPerSide: 6, start: 'empty' })
    expect(dvnSegmentationFamily.settings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(
      settings,
    )
    expect(dvnSegmentationFamily.withSteps!(settings as never, 3)).toMatchObject({
      inferenceSteps: 3,
    })
  })

  it.each([
    ['start', { start: 'anywhere' }],
    ['steps', { steps: 'long' }],
    ['inferenceRate', { inferenceRate: 0 }],
  ])('refuses a wrong %s', (name, chosen) => {
    const complete = (): unknown => dvnSegmentationSettings(chosen as never)
    expect(complete).toThrow(DomainError)
    expect(complete).toThrow(name)
  })
})
