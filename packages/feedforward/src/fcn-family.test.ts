import { type ImageDataset, imageDataset } from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import type { TracedSolution } from '@deepstruct/inference'
import {
  currentEngine,
  DomainError,
  eagerEngine,
  jit,
  mul,
  ndarray,
  random,
  slice,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { evaluateMasks, fit, type Fitted } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { fcnFamily, fcnLearner, fcnSettings } from './fcn-family.ts'
import { pixelCrossEntropy, type SegmenterState } from './segmenter-phase.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const sizes = { height: 8, width: 8, channels: 2 }

/** Bright disks on a dark, noisy ground; a second channel says nothing. */
function disks(examples: number, seed: number): ImageDataset {
  const draw = random(seed)
  const masks = new Float32Array(examples * 64)
  for (let i = 0; i < masks.length; i += 64) {
    const [row, column, radius] = [
      2 + 4 * draw.uniform(),
      2 + 4 * draw.uniform(),
      1.5 + draw.uniform(),
    ]
    for (let pixel = 0; pixel < 64; pixel++)
      masks[i + pixel] = Number(Math.hypot((pixel >> 3) - row, (pixel & 7) - column) < radius)
  }
  const images = draw.uniforms([examples, 8, 8, 2])
  for (const [pixel, inside] of masks.entries())
    images.data[2 * pixel] = 0.35 * inside + 0.65 * images.data[2 * pixel]!
  return imageDataset({ images, masks: ndarray(masks, [examples, 8, 8]) })
}

/** Says that bright pixels are the object. */
function brightAlone(x: Tensor): TracedSolution {
  const y = squeeze(slice(x, [0, 0, 0, 0], [-1, -1, -1, 1]), [3])
  const none = sum(mul(y, 0), [1, 2])
  return { y, energy: none, steps: none, status: none }
}

const [train, dev] = [disks(48, 1), disks(24, 2)]

familyContract('fcn', {
  family: fcnFamily,
  settings: { channels: [4], kernelSize: 3, segmenterEpochs: 2, segmenterFineEpochs: 1 },
  sizes,
  train,
  dev,
})

/** The disks as the second of three classes; what is left of each image is the third. */
function ofClasses({ images, masks }: ImageDataset): ImageDataset {
  const classes = new Float32Array(masks.data.length * 3)
  for (const [pixel, inside] of masks.data.entries())
    classes[3 * pixel + (inside === 1 ? 1 : (pixel & 7) < 4 ? 2 : 0)] = 1
  return imageDataset({ images, masks: ndarray(classes, [...masks.shape, 3]) })
}

const [trainClasses, devClasses] = [ofClasses(train), ofClasses(dev)]
const classSizes = { ...sizes, classes: 3 }

familyContract('fcn of several classes', {
  family: fcnFamily,
  settings: { channels: [4], kernelSize: 3, segmenterEpochs: 2, segmenterFineEpochs: 1 },
  sizes: classSizes,
  train: trainClasses,
  dev: devClasses,
})

const chosen = {
  channels: [6, 8],
  kernelSize: 3,
  segmenterRate: 0.02,
  segmenterEpochs: 20,
  segmenterFineEpochs: 3,
} as const

const trained = (
  settings: Parameters<typeof fcnSettings>[0],
  seed: number,
): Promise<Fitted<SegmenterState>> =>
  fit(fcnLearner(fcnSettings({ ...chosen, ...settings }), sizes), train, {
    dev,
    seed,
    batchSize: 8,
  })

describe('fcnLearner', () => {
  it('learns: the loss falls, and masks are found that brightness alone does not give', async () => {
    const { history, status } = await trained({}, 1)
    expect(status).toBe('completed')
    const losses = history.filter(({ epoch }) => epoch > 0).map((record) => record.train['loss']!)
    expect(losses.at(-1)).toBeLessThan(losses[0]! * 0.7)
    const best = Math.max(...history.map((record) => record.dev?.score ?? 0))
    // Thresholding the bright channel alone.
    const atThreshold = evaluateMasks((_: object, x: Tensor) => brightAlone(x))
    const { score } = await atThreshold({ none: ndarray([0], [1], 'float32') }, dev)
    expect(score).toBeGreaterThan(0.2)
    expect(best).toBeGreaterThan(score + 0.1)
  })

  it('standardizes with the statistics of the training images, which nothing moves', async () => {
    const { state } = await trained({ segmenterEpochs: 1 }, 1)
    const { statistics } = fcnLearner(fcnSettings(chosen), sizes).init(train, random(5))
    expect(state.statistics).toEqual(statistics)
    const bright = [...train.images.data].filter((_, i) => i % 2 === 0)
    const mean = bright.reduce((total, value) => total + value, 0) / bright.length
    expect(statistics.mean.data[0]).toBeCloseTo(mean, 5)
  })

  it('repeats with a seed, and differs with another', async () => {
    const short = { segmenterEpochs: 1, segmenterFineEpochs: 1 }
    const [first, again, other] = [
      await trained(short, 1),
      await trained(short, 1),
      await trained(short, 2),
    ]
    expect(again.state).toEqual(first.state)
    expect(other.state).not.toEqual(first.state)
  })

  it('leaves nothing on the engine', async () => {
    const arrays = async (): Promise<number> => (await currentEngine()).memory().arrays
    const before = await arrays()
    await trained({ segmenterEpochs: 1, segmenterFineEpochs: 0 }, 1)
    expect(await arrays()).toBe(before)
  })
})

describe('fcnLearner of several classes', () => {
  it('learns which class each pixel has', async () => {
    const settings = fcnSettings({ ...chosen, cropShare: 1, segmenterEpochs: 12 })
    const { history } = await fit(fcnLearner(settings, classSizes), trainClasses, {
      dev: devClasses,
      seed: 1,
      batchSize: 8,
    })
    const scores = history.map((record) => record.dev?.score ?? 0)
    expect(scores.at(-1)).toBeGreaterThan(scores[0]! + 0.1)
  })

  it('gives distributions, the mean of what crops say', async () => {
    const settings = fcnSettings({ ...chosen, cropsPerSide: 2 })
    const state = fcnLearner(settings, classSizes).init(trainClasses, random(3))
    const solve = fcnFamily.solve(settings, classSizes)
    const { x } = devClasses.batch([0, 1])
    const { y } = await jit((params: SegmenterState, images: Tensor) => ({
      ...solve(params as never, images),
    }))(state, x)
    expect(y.shape).toEqual([2, 8, 8, 3])
    for (let pixel = 0; pixel < 128; pixel++) {
      const [a, b, c] = y.data.subarray(3 * pixel, 3 * pixel + 3) as Float32Array
      expect(a! + b! + c!).toBeCloseTo(1, 5)
    }
    // The last corner of the second image is in one crop of 6 × 6 only.
    const pixels = Array.from(
      { length: 36 },
      (_, i) => 64 + (2 + Math.floor(i / 6)) * 8 + 2 + (i % 6),
    )
    const crop = pixels.flatMap((pixel) => [x.data[2 * pixel]!, x.data[2 * pixel + 1]!])
    const small = fcnFamily.solve(fcnSettings({ ...chosen, cropShare: 1 }), {
      ...classSizes,
      height: 6,
      width: 6,
    })
    const alone = await jit((params: SegmenterState, images: Tensor) => ({
      ...small(params as never, images),
    }))(state, ndarray(crop, [1, 6, 6, 2], 'float32'))
    for (let k = 1; k <= 3; k++) expect(alone.y.data.at(-k)).toBeCloseTo(y.data.at(-k)!, 5)
  })
})

describe('pixelCrossEntropy', () => {
  it('of two classes is that of one logit, their difference', async () => {
    const draw = random(4)
    const logits = draw.normals([2, 3, 2, 2])
    const truth = Float32Array.from({ length: 12 }, () => draw.integer(2))
    const { one, two } = await jit((z: Tensor, y: Tensor) => {
      const part = (k: number): Tensor => squeeze(slice(z, [0, 0, 0, k], [-1, -1, -1, 1]), [3])
      return {
        one: pixelCrossEntropy(sub(part(1), part(0)), y),
        two: pixelCrossEntropy(z, stack([sub(1, y), y], 3)),
      }
    })(logits, ndarray(truth, [2, 3, 2]))
    expect(one.shape).toEqual([2])
    for (const [i, value] of one.data.entries()) expect(two.data[i]).toBeCloseTo(value, 5)
  })
})

describe('fcnFamily', () => {
  const state = fcnLearner(fcnSettings(chosen), sizes).init(train, random(3))
  const solve = (cropShare: number, cropsPerSide: number) => {
    const settings = fcnSettings({ ...chosen, cropShare, cropsPerSide })
    const of = fcnFamily.solve(settings, sizes)
    return jit((params: SegmenterState, x: Tensor) => ({ ...of(params as never, x) }))
  }

  it('solves whole images, and averages what crops say', async () => {
    const { x } = dev.batch([0, 1, 2])
    const whole = await solve(1, 1)(state, x)
    expect(whole.y.shape).toEqual([3, 8, 8])
    const crops = await solve(0.75, 3)(state, x)
    expect(crops.y.shape).toEqual([3, 8, 8])
    expect(crops.y).not.toEqual(whole.y)
    for (const value of crops.y.data) expect(value >= 0 && value <= 1).toBe(true)
    // The corner is in one crop of 6 × 6 only; that crop by itself, as an image.
    const corner = dev.images.data.subarray(0, 128)
    const pixels = Array.from({ length: 36 }, (_, i) => Math.floor(i / 6) * 8 + (i % 6))
    const crop = pixels.flatMap((pixel) => [corner[2 * pixel]!, corner[2 * pixel + 1]!])
    const small = fcnFamily.solve(fcnSettings({ ...chosen, cropShare: 1 }), {
      height: 6,
      width: 6,
      channels: 2,
    })
    const alone = await jit((params: SegmenterState, images: Tensor) => ({
      ...small(params as never, images),
    }))(state, ndarray(crop, [1, 6, 6, 2], 'float32'))
    expect(alone.y.data[0]).toBeCloseTo(crops.y.data[0]!, 5)
  })

  it('refuses crops that leave gaps', async () => {
    const { x } = dev.batch([0])
    await expect(solve(0.25, 3)(state, x)).rejects.toThrow(/at least 4/)
  })
})

describe('fcnSettings', () => {
  it('completes what is chosen, as the family does', () => {
    const settings = fcnSettings({ channels: [7] })
    expect(settings).toEqual({ ...fcnSettings(), channels: [7] })
    expect(fcnFamily.settings.parse(JSON.parse(JSON.stringify(settings)))).toEqual(settings)
  })

  it.each([
    ['channels', { channels: [] }],
    ['kernelSize', { kernelSize: 0 }],
    ['cropShare', { cropShare: 1.1 }],
    ['dropout', { dropout: 1 }],
    ['crops', { crops: 3 }],
  ])('refuses a wrong %s', (name, wrong) => {
    const complete = (): unknown => fcnSettings(wrong as never)
    expect(complete).toThrow(DomainError)
    expect(complete).toThrow(name)
  })
})
