import {
  fcnLearner,
  type FcnSettings,
  segmenterLogits,
  segmenterNetwork,
  segmenterSettings,
  type SegmenterState,
  solveMasks,
} from '@deepstruct/feedforward'
import {
  type CropGrid,
  cropGrid,
  type IterativeMinimizer,
  projectedGradient,
  type TracedSolution,
} from '@deepstruct/inference'
import { channelStatistics, randomCrops } from '@deepstruct/networks'
import {
  type Host,
  type NDArray,
  type NoiseSpec,
  type Random,
  sigmoid,
  type Tensor,
  type Tree,
} from '@deepstruct/tensor'
import {
  adamW,
  type Dataset,
  evaluateMasks,
  type Family,
  family,
  type ImageSizes,
  type Labeled,
  type Learner,
  parseSettings,
  type Phase,
} from '@deepstruct/training'
import { z } from 'zod'
import { maskSolver, maskValues } from './mask-solver.ts'
import { localValueNetwork, type LocalValueParams } from './local-value-network.ts'
import { maskValueNetwork, type MaskValueParams } from './mask-value-network.ts'
import { normalizedGradient } from './normalized-gradient.ts'
import { oracleNamed } from './oracle-values.ts'
import { type SampleSettings, sampleSettings, samplesOf } from './sample-settings.ts'
import { startingAt } from './starting-at.ts'
import { sumOfValues } from './sum-of-values.ts'
import { onLogits, type ValueNetwork } from './value-network.ts'
import { valuePhase } from './value-phase.ts'

const settings = z.strictObject({
  ...segmenterSettings,
  cropsPerSide: z
    .int()
    .positive()
    .default(6)
    .describe('places of crops along either side at test time'),
  units: z
    .array(z.int().positive())
    .default([384, 192])
    .describe('units of each fully connected layer of the value'),
  terms: z
    .enum(['both', 'local', 'global'])
    .default('both')
    .describe('what the value is made of: pixels by themselves, the whole mask, or both'),
  globalChannels: z
    .array(z.int().positive())
    .min(1)
    .optional()
    .describe('channels of the convolutions over image and mask together; default as channels'),
  ...sampleSettings({
    oracle: 'iou',
    loss: 'crossEntropy',
    truthSamples: 1,
    corruption: 1,
    inferenceSamples: 2,
    stopAnywhere: true,
    ascentSamples: 0,
    adversarialSamples: 1,
    ascentSteps: 5,
    ascentStart: 'truth',
  }),
  direction: z
    .number()
    .min(0)
    .default(1)
    .describe('how much the direction of the gradient counts in training, beside the value'),
  copies: z.int().positive().default(2).describe('crops of each image of a batch'),
  start: z
    .enum(['empty', 'fcn'])
    .default('empty')
    .describe('where inference starts: the empty mask, or that of an FCN trained before'),
  steps: z
    .enum(['normalized', 'value', 'logit'])
    .default('normalized')
    .describe('steps of a given length, or along the gradient of the value or of its logit'),
  inferenceSteps: z.int().positive().default(10).describe('steps of inference'),
  inferenceRate: z.number().positive().default(0.2).describe('their size'),
  rate: z.number().positive().default(1e-3).describe('learning rate of the value network'),
  decay: z.number().min(0).default(1e-4).describe('how strongly its weights shrink'),
  valueEpochs: z.int().min(0).default(150).describe('largest number of its epochs'),
  valueFineEpochs: z
    .int()
    .min(0)
    .default(50)
    .describe('largest number of further epochs at a tenth of the rate'),
  patience: z
    .int()
    .positive()
    .default(60)
    .describe('epochs of the value without a better score before either ends'),
})

/** The settings of the `dvn` family of masks; a type and no interface, so that it counts as JSON. */
export type DvnSegmentationSettings = FcnSettings &
  SampleSettings & {
    /** Units of each fully connected layer of the value. */
    readonly units: readonly number[]
    /** What the value is made of: a local term, what each pixel adds by itself; a global term over the whole mask; or both. */
    readonly terms: 'both' | 'local' | 'global'
    /** Channels of each convolution of the global term; left out, those of the local one. */
    readonly globalChannels?: readonly number[]
    /** How much the direction of the gradient counts in training, beside the value; 0 is training as published. */
    readonly direction: number
    /** Crops of each image of a batch. */
    readonly copies: number
    /** Where inference starts: the empty mask, or that of an FCN that is trained before and refined. */
    readonly start: 'empty' | 'fcn'
    /** Steps of a given length, or along the gradient of the value (as published) or of its logit. */
    readonly steps: 'normalized' | 'value' | 'logit'
    /** Steps of inference, in training and at test time. */
    readonly inferenceSteps: number
    /** Their size. */
    readonly inferenceRate: number
    /** Learning rate of the value network, AdamW. */
    readonly rate: number
    /** How strongly its weights shrink. */
    readonly decay: number
    /** Largest number of its epochs. */
    readonly valueEpochs: number
    /** Largest number of further epochs at a tenth of the rate. */
    readonly valueFineEpochs: number
    /** Epochs without a better score before either ends. */
    readonly patience: number
  }

/** The state of the `dvn` family of masks: its terms, and that of an FCN where its masks are refined. */
export type DvnSegmentationState = Pick<MaskValueParams, 'statistics'> &
  Partial<
    Pick<MaskValueParams, 'value'> &
      Pick<LocalValueParams, 'local'> &
      Pick<SegmenterState, 'network'>
  >

/** A deep value network of masks (Gygli et al. 2017, section 5.2). */
export const dvnSegmentationFamily: Family<'segmentation'> = family<
  'segmentation',
  DvnSegmentationSettings,
  DvnSegmentationState
>({
  task: 'segmentation',
  name: 'dvn',
  summary: 'deep value network: predicts how good a mask is, and climbs',
  settings,
  batchSize: 8,
  learner: dvnSegmentationLearner,
  solve: (configuration, sizes) => {
    const { cropShare, cropsPerSide } = configuration
    return solverOf(configuration, sizes, cropGrid(sizes, cropShare, cropsPerSide))
  },
  withSteps: (configuration, inferenceSteps) => ({ ...configuration, inferenceSteps }),
  values: (configuration, sizes) =>
    maskValues(
      termsOf(configuration, sizes).network,
      oracleNamed(configuration.oracle),
      cropGrid(sizes, configuration.cropShare),
    ),
})

/**
 * Settings of the `dvn` family of masks: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function dvnSegmentationSettings(
  chosen: Partial<DvnSegmentationSettings> = {},
): DvnSegmentationSettings {
  return parseSettings(
    'dvnSegmentationSettings',
    settings,
    chosen,
  ) as unknown as DvnSegmentationSettings
}

/**
 * The learner of the `dvn` family of masks, on random crops and their mirror images: where it refines, an FCN first; then the value network,
 * at the full rate and at a tenth.
 *
 * @param configuration - the settings, as {@link dvnSegmentationSettings} completes them
 * @param sizes - of the images
 * @throws {@link @deepstruct/tensor!DomainError} when all numbers of samples are 0
 */
export function dvnSegmentationLearner(
  configuration: DvnSegmentationSettings,
  sizes: ImageSizes,
): Learner<DvnSegmentationState, Labeled> {
  const { start, rate, decay: weightDecay, patience, copies, loss } = configuration
  const { network: value, moves, noise } = termsOf(configuration, sizes)
  const segmenter = segmenterNetwork(configuration, sizes)
  const crops = cropGrid(sizes, configuration.cropShare)
  const climbed = climbable(value, configuration)
  const propose = (state: DvnSegmentationState, x: Tensor): Tensor =>
    sigmoid(segmenterLogits(segmenter, state as SegmenterState, x))
  const shared = {
    moves,
    patience,
    oracle: oracleNamed(configuration.oracle),
    loss,
    direction: configuration.direction,
    samples: samplesOf(
      configuration,
      inferenceOf(configuration),
      inferenceOf({ ...configuration, inferenceSteps: configuration.ascentSteps }),
    ),
    copies,
    draw: (data: Dataset<Host<Labeled>>, rows: ArrayLike<number>, random: Random): Host<Labeled> =>
      randomCrops(data.batch(rows), crops, random),
    noise,
    evaluate: evaluateMasks(solverOf(configuration, sizes, crops)),
  }
  const valueAt = (
    name: string,
    phaseRate: number,
    epochs: number,
    enter?: (state: Host<DvnSegmentationState>) => Host<DvnSegmentationState>,
  ): Phase<DvnSegmentationState, Labeled> => {
    const optimizer = adamW({ rate: phaseRate, weightDecay, decays: 'matrices' })
    const options = { ...shared, name, optimizer, epochs, ...(enter && { enter }) }
    return start === 'fcn'
      ? valuePhase(startingAt(climbed, propose), options)
      : valuePhase(climbed, options)
  }
  // Its phases move and measure their own parts of the state, whatever else there is.
  const before =
    start === 'fcn'
      ? (fcnLearner(configuration, sizes).phases as readonly Phase<never, Labeled>[])
      : []
  return {
    family: 'dvn',
    init: (data, random) => ({
      ...value.init(random),
      statistics: channelStatistics(data.batch(Array.from({ length: data.size }, (_, i) => i)).x),
      ...(start === 'fcn' && { network: segmenter.init(random) }),
    }),
    phases: [
      ...(before as readonly Phase<DvnSegmentationState, Labeled>[]),
      valueAt('value', rate, configuration.valueEpochs, fromSegmenter),
      valueAt('value, fine', rate / 10, configuration.valueFineEpochs),
    ],
  }
}

/** What runs at test time, on crops of this grid. */
function solverOf(
  configuration: DvnSegmentationSettings,
  sizes: ImageSizes,
  crops: CropGrid,
): (state: DvnSegmentationState, x: Tensor) => TracedSolution {
  const network = climbable(termsOf(configuration, sizes).network, configuration)
  const solve = maskSolver(network, { inference: inferenceOf(configuration), crops })
  if (configuration.start === 'empty') return solve
  const segmenter = segmenterNetwork(configuration, sizes)
  return (state, x) => solve(state, x, solveMasks(segmenter, state as SegmenterState, x, crops).y)
}

/** A value network of crops, with how it is trained. */
interface Terms {
  readonly network: ValueNetwork<DvnSegmentationState, unknown>
  readonly moves: readonly ('local' | 'value')[]
  /** Its dropout masks. */
  noise(x: NDArray): Tree<NoiseSpec> | undefined
}

function termsOf(configuration: DvnSegmentationSettings, sizes: ImageSizes): Terms {
  const { cropShare, channels, kernelSize, units, dropout, terms } = configuration
  const { height, width } = cropGrid(sizes, cropShare)
  const segmenter = segmenterNetwork(configuration, sizes)
  const local = localValueNetwork({ height, width, network: segmenter })
  const global = maskValueNetwork({
    height,
    width,
    inputs: sizes.channels,
    channels: configuration.globalChannels ?? channels,
    kernelSize,
    units,
    dropout,
  })
  const ofLocal = (x: NDArray): Tree<NoiseSpec> | undefined => segmenter.noise(x)
  const ofGlobal = ({ shape }: NDArray): Tree<NoiseSpec> | undefined => global.noise(shape[0] ?? 0)
  switch (terms) {
    case 'local':
      return { network: local, moves: ['local'], noise: ofLocal }
    case 'global':
      return { network: global, moves: ['value'], noise: ofGlobal }
    case 'both':
      return {
        network: sumOfValues(local, global),
        moves: ['local', 'value'],
        noise(x) {
          const [first, second] = [ofLocal(x), ofGlobal(x)]
          return { ...(first && { first }), ...(second && { second }) }
        },
      }
  }
}

/** Where there is a trained segmenter, its logits are what pixels add by themselves at first. */
function fromSegmenter(state: Host<DvnSegmentationState>): Host<DvnSegmentationState> {
  const { network, local } = state
  return network && local ? { ...state, local: { ...local, network } } : state
}

/** The network with the energy that steps go down. A step of given length goes the same way on both. */
function climbable(
  network: Terms['network'],
  { steps }: DvnSegmentationSettings,
): Terms['network'] {
  return steps === 'value' ? network : onLogits(network)
}

function inferenceOf({
  steps,
  inferenceSteps,
  inferenceRate: stepSize,
}: DvnSegmentationSettings): IterativeMinimizer {
  const options = { steps: inferenceSteps, stepSize }
  return steps === 'normalized' ? normalizedGradient(options) : projectedGradient(options)
}
