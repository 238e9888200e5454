import {
  type FcnSettings,
  segmenterNetwork,
  segmenterPhase,
  segmenterSettings,
  type SegmenterState,
  solveMasks,
} from '@deepstruct/feedforward'
import { cropGrid, type TracedSolution } from '@deepstruct/inference'
import { channelStatistics, type FcnParams, standardizeChannels } from '@deepstruct/networks'
import { type Host, sigmoid, type Tensor } from '@deepstruct/tensor'
import {
  adamW,
  type Family,
  family,
  type ImageSizes,
  type Labeled,
  type Learner,
  parseSettings,
  type Phase,
} from '@deepstruct/training'
import { z } from 'zod'
import { adversarialPhase, type AdversarialState } from './adversarial-phase.ts'
import { discriminatorWarnings } from './discriminator-status.ts'
import {
  type DiscriminatorInput,
  type MaskDiscriminator,
  maskDiscriminator,
} from './mask-discriminator.ts'

const settings = z.strictObject({
  ...segmenterSettings,
  adversarialWeight: z
    .number()
    .min(0)
    .default(0.1)
    .describe('weight of the adversarial term beside the cross-entropy; 0 is the fcn alone'),
  adversarialForm: z
    .enum(['nonSaturating', 'saturating'])
    .default('nonSaturating')
    .describe('whether masks are to be taken for true, or not to be recognized'),
  warmupEpochs: z
    .int()
    .min(0)
    .default(100)
    .describe('epochs of the segmenter alone, before the others of segmenterEpochs'),
  discriminatorInput: z
    .enum(['basic', 'product'])
    .default('basic')
    .describe('what the discriminator reads: image beside maps, or image times each map'),
  truthMass: z
    .number()
    .min(0.5)
    .max(1)
    .default(0.9)
    .describe(
      'smallest mass of the right class in what it is shown as true; 1 is the truth itself',
    ),
  discriminatorChannels: z
    .array(z.int().positive())
    .min(1)
    .default([16, 32, 64])
    .describe('channels of its convolutions; each but the first halves the resolution'),
  discriminatorKernelSize: z
    .int()
    .positive()
    .default(5)
    .describe('height and width of their kernels'),
  discriminatorRate: z
    .number()
    .positive()
    .default(1e-3)
    .describe('learning rate of the discriminator'),
  discriminatorDecay: z.number().min(0).default(1e-4).describe('how strongly its weights shrink'),
  discriminatorSteps: z.int().positive().default(1).describe('its steps at each batch'),
  segmenterSteps: z
    .int()
    .positive()
    .default(1)
    .describe('steps of the segmenter against it at each batch'),
})

/** The settings of the `adversarial` family; a type and no interface, so that it counts as JSON. */
export type AdversarialSettings = FcnSettings & {
  /** $\lambda$, the weight of the adversarial term. */
  readonly adversarialWeight: number
  /** The form of that term. */
  readonly adversarialForm: 'nonSaturating' | 'saturating'
  /** Epochs of the segmenter alone; the others of `segmenterEpochs`, and all fine ones, are against the discriminator. */
  readonly warmupEpochs: number
  /** What the discriminator reads. */
  readonly discriminatorInput: DiscriminatorInput
  /** $\tau$: the smallest mass of the right class in what the discriminator is shown as true. */
  readonly truthMass: number
  /** Channels of the convolutions of the discriminator. */
  readonly discriminatorChannels: readonly number[]
  /** Height and width of their kernels. */
  readonly discriminatorKernelSize: number
  /** Learning rate of the discriminator, AdamW; in the fine epochs a tenth of it. */
  readonly discriminatorRate: number
  /** How strongly its weights shrink. */
  readonly discriminatorDecay: number
  /** Steps of the discriminator at each batch. */
  readonly discriminatorSteps: number
  /** Steps of the segmenter at each batch, after those of the discriminator. */
  readonly segmenterSteps: number
}

/** The state of the `adversarial` family; a type and no interface, so that it counts as a tree. */
export type AdversarialFamilyState = AdversarialState & {
  /** The segmenter as it was before the adversary came. */
  readonly before: FcnParams
}

/** A segmenter that is trained against a discriminator of masks (Luc et al. 2016). */
export const adversarialFamily: Family<'segmentation'> = family<
  'segmentation',
  AdversarialSettings,
  AdversarialFamilyState
>({
  task: 'segmentation',
  name: 'adversarial',
  summary: 'segmenter trained against a discriminator of masks',
  severalClasses: true,
  batchSize: 16,
  settings,
  learner: adversarialLearner,
  solve: solverOf,
  earlier: {
    name: 'before the adversary',
    solve(configuration, sizes) {
      const solve = solverOf(configuration, sizes)
      return (state, x) => solve({ ...state, network: state.before }, x)
    },
  },
  judge: (configuration, sizes) => {
    const discriminator = discriminatorOf(configuration, sizes)
    return ({ statistics, discriminator: params }, { x, y }) =>
      sigmoid(discriminator.patches(params, standardizeChannels(x, statistics), y))
  },
  warnings: discriminatorWarnings,
})

/**
 * Settings of the `adversarial` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have, for instance a negative weight
 */
export function adversarialSettings(
  chosen: Partial<AdversarialSettings> = {},
): AdversarialSettings {
  return parseSettings('adversarialSettings', settings, chosen) as unknown as AdversarialSettings
}

/**
 * The learner of the `adversarial` family: the segmenter alone for the epochs of the warm-up, then against the discriminator, at the full rate
 * and at a tenth. The epochs of the segmenter are those of the `fcn` family with the same settings.
 *
 * @param configuration - the settings, as {@link adversarialSettings} completes them
 * @param sizes - of the images
 * @throws {@link @deepstruct/tensor!DomainError} when crops of the images are smaller than the receptive field of the discriminator
 */
export function adversarialLearner(
  configuration: AdversarialSettings,
  sizes: ImageSizes,
): Learner<AdversarialFamilyState, Labeled> {
  const { segmenterEpochs, warmupEpochs, segmenterFineEpochs } = configuration
  const { segmenterRate, segmenterDecay, segmenterPatience: patience } = configuration
  const { discriminatorRate, discriminatorDecay } = configuration
  const network = segmenterNetwork(configuration, sizes)
  const discriminator = discriminatorOf(configuration, sizes)
  const crops = cropGrid(sizes, configuration.cropShare)
  const warmup = segmenterPhase<AdversarialFamilyState>(network, {
    crops,
    epochs: Math.min(warmupEpochs, segmenterEpochs),
    patience,
    rate: segmenterRate,
    weightDecay: segmenterDecay,
  })
  const against = (
    name: string,
    epochs: number,
    factor: number,
    enter?: (state: Host<AdversarialFamilyState>) => Host<AdversarialFamilyState>,
  ): Phase<AdversarialFamilyState, Labeled> => {
    const moves = (rate: number, weightDecay: number, steps: number) => ({
      optimizer: adamW({ rate: rate * factor, weightDecay, decays: 'matrices' }),
      steps,
    })
    return adversarialPhase<AdversarialFamilyState>(network, discriminator, {
      name,
      epochs,
      patience,
      crops,
      weight: configuration.adversarialWeight,
      form: configuration.adversarialForm,
      truthMass: configuration.truthMass,
      segmenter: moves(segmenterRate, segmenterDecay, configuration.segmenterSteps),
      discriminator: moves(discriminatorRate, discriminatorDecay, configuration.discriminatorSteps),
      ...(warmup.evaluate !== undefined && { evaluate: warmup.evaluate }),
      ...(enter !== undefined && { enter }),
    })
  }
  return {
    family: 'adversarial',
    init(data, random) {
      const params = network.init(random)
      return {
        statistics: channelStatistics(data.batch(Array.from({ length: data.size }, (_, i) => i)).x),
        network: params,
        discriminator: discriminator.init(random),
        before: params,
      }
    },
    phases: [
      warmup,
      against('adversary', Math.max(0, segmenterEpochs - warmupEpochs), 1, (state) => ({
        ...state,
        before: state.network,
      })),
      against('adversary, fine', segmenterFineEpochs, 0.1),
    ],
  }
}

/** What runs at test time. */
function solverOf(
  configuration: AdversarialSettings,
  sizes: ImageSizes,
): (state: SegmenterState, x: Tensor) => TracedSolution {
  const network = segmenterNetwork(configuration, sizes)
  const crops = cropGrid(sizes, configuration.cropShare, configuration.cropsPerSide)
  return (state, x) => solveMasks(network, state, x, crops)
}

function discriminatorOf(
  configuration: AdversarialSettings,
  { channels, classes }: ImageSizes,
): MaskDiscriminator {
  return maskDiscriminator({
    inputs: channels,
    ...(classes !== undefined && { classes }),
    reads: configuration.discriminatorInput,
    channels: configuration.discriminatorChannels,
    kernelSize: configuration.discriminatorKernelSize,
  })
}
