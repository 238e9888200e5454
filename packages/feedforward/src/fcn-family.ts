import { cropGrid } from '@deepstruct/inference'
import { channelStatistics, fcn, type Fcn } from '@deepstruct/networks'
import {
  type Family,
  family,
  type ImageSizes,
  type Labeled,
  type Learner,
  parseSettings,
} from '@deepstruct/training'
import { z } from 'zod'
import { segmenterPhase, type SegmenterState, solveMasks } from './segmenter-phase.ts'

/** The settings of a segmenter of independent pixels; a type and no interface, so that it counts as JSON. */
export type FcnSettings = {
  /** Channels of each convolution; the first keeps the resolution, each further one halves it. */
  readonly channels: readonly number[]
  /** Height and width of their kernels. */
  readonly kernelSize: number
  /** Share of the coarsest channels dropped in training, in $[0, 1)$. */
  readonly dropout: number
  /** The share of an image's height and width that a crop has, in $(0, 1]$. */
  readonly cropShare: number
  /** Places of crops along either side at test time. */
  readonly cropsPerSide: number
  /** Learning rate of AdamW. */
  readonly segmenterRate: number
  /** How strongly weights shrink. */
  readonly segmenterDecay: number
  /** Largest number of epochs at this rate. */
  readonly segmenterEpochs: number
  /** Largest number of further epochs at a tenth of it. */
  readonly segmenterFineEpochs: number
  /** Epochs without a better score before either ends. */
  readonly segmenterPatience: number
}

/** The schema of {@link FcnSettings}, field by field: families that start from a segmenter take it into their own. */
export const segmenterSettings: Readonly<Record<keyof FcnSettings, z.ZodType>> = {
  channels: z
    .array(z.int().positive())
    .min(1)
    .default([64, 128, 128])
    .describe('channels of each convolution; each but the first halves the resolution'),
  kernelSize: z.int().positive().default(5).describe('height and width of their kernels'),
  dropout: z.number().min(0).lt(1).default(0.25).describe('share of coarse channels dropped'),
  cropShare: z
    .number()
    .positive()
    .max(1)
    .default(0.75)
    .describe('share of height and width that a crop has'),
  cropsPerSide: z
    .int()
    .positive()
    .default(3)
    .describe('places of crops along either side at test time'),
  segmenterRate: z.number().positive().default(1e-3).describe('learning rate of the segmenter'),
  segmenterDecay: z.number().min(0).default(1e-4).describe('how strongly its weights shrink'),
  segmenterEpochs: z.int().min(0).default(200).describe('largest number of its epochs'),
  segmenterFineEpochs: z
    .int()
    .min(0)
    .default(50)
    .describe('largest number of further epochs at a tenth of the rate'),
  segmenterPatience: z
    .int()
    .positive()
    .default(60)
    .describe('epochs without a better score before either ends'),
}

/**
 * Settings of the `fcn` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function fcnSettings(chosen: Partial<FcnSettings> = {}): FcnSettings {
  return parseSettings('fcnSettings', fcnFamily.settings, chosen) as FcnSettings
}

/** The network that the settings describe: one logit for each pixel, or one for each of its classes. */
export function segmenterNetwork(
  configuration: FcnSettings,
  { channels, classes = 1 }: ImageSizes,
): Fcn {
  return fcn({
    inputs: channels,
    outputs: classes,
    channels: configuration.channels,
    kernelSize: configuration.kernelSize,
    dropout: configuration.dropout,
  })
}

/**
 * A fully convolutional network with one logit for each pixel, or for each class of it: the baseline without structure. Convolutions and transposed convolutions
 * with skips as Long, Shelhamer and Darrell (2015), in the sizes that Gygli, Norouzi and Angelova (2017, section 5.2) compare with.
 */
export const fcnFamily: Family<'segmentation'> = family<
  'segmentation',
  FcnSettings,
  SegmenterState
>({
  task: 'segmentation',
  name: 'fcn',
  summary: 'independent pixels by a fully convolutional network (cross-entropy)',
  severalClasses: true,
  batchSize: 16,
  settings: z.strictObject(segmenterSettings),
  learner: fcnLearner,
  solve: (configuration, sizes) => {
    const network = segmenterNetwork(configuration, sizes)
    const { cropShare, cropsPerSide } = configuration
    const crops = cropGrid(sizes, cropShare, cropsPerSide)
    return (state, x) => solveMasks(network, state, x, crops)
  },
})

/**
 * The learner of the `fcn` family: cross-entropy on random crops and their mirror images, first at the full rate, then at a tenth.
 *
 * @param configuration - the settings, as {@link fcnSettings} completes them
 * @param sizes - of the images
 */
export function fcnLearner(
  configuration: FcnSettings,
  sizes: ImageSizes,
): Learner<SegmenterState, Labeled> {
  const network = segmenterNetwork(configuration, sizes)
  const { segmenterRate: rate, segmenterEpochs, segmenterFineEpochs } = configuration
  const shared = {
    crops: cropGrid(sizes, configuration.cropShare),
    patience: configuration.segmenterPatience,
    weightDecay: configuration.segmenterDecay,
  }
  return {
    family: 'fcn',
    init: (data, random) => ({
      statistics: channelStatistics(data.batch(Array.from({ length: data.size }, (_, i) => i)).x),
      network: network.init(random),
    }),
    phases: [
      segmenterPhase(network, { ...shared, rate, epochs: segmenterEpochs }),
      segmenterPhase(network, {
        ...shared,
        name: 'segmenter, fine',
        rate: rate / 10,
        epochs: segmenterFineEpochs,
      }),
    ],
  }
}
