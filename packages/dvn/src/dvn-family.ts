import { energySolver, type IterativeMinimizer, projectedGradient } from '@deepstruct/inference'
import { heNormal, mlp, type Mlp } from '@deepstruct/networks'
import { add, mul, square, sum, type Tensor } from '@deepstruct/tensor'
import {
  evaluateMultilabel,
  type Family,
  family,
  type Labeled,
  type Learner,
  parseSettings,
  type Phase,
  sgd,
  type Sizes,
} from '@deepstruct/training'
import { z } from 'zod'
import { featureStatistics } from './feature-statistics.ts'
import { labelValueNetwork, type LabelValueParams } from './label-value-network.ts'
import { oracleNamed } from './oracle-values.ts'
import { type SampleSettings, sampleSettings, samplesOf } from './sample-settings.ts'
import { type ValueNetwork, valuesOf } from './value-network.ts'
import { valuePhase } from './value-phase.ts'

/** Epochs at each learning rate: what a minute allows, and what is published. */
const schedules = { short: [60, 25, 10], full: [150, 150, 75] } as const

const settings = z.strictObject({
  hidden: z.array(z.int().positive()).default([150]).describe('units of each hidden layer'),
  activation: z
    .enum(['softplus', 'relu', 'tanh', 'elu'])
    .default('softplus')
    .describe('what follows each hidden layer'),
  dropoutInput: z.number().min(0).lt(1).default(0).describe('share of features dropped'),
  dropoutHidden: z.number().min(0).lt(1).default(0).describe('share of hidden units dropped'),
  measurements: z.int().positive().default(16).describe('measurements of all labels together'),
  secondLayer: z
    .int()
    .positive()
    .optional()
    .describe('units of a second layer over the measurements; default none'),
  ...sampleSettings({
    oracle: 'f1',
    loss: 'crossEntropy',
    truthSamples: 0,
    corruption: 0,
    inferenceSamples: 1,
    stopAnywhere: false,
    ascentSamples: 1,
    adversarialSamples: 0,
    ascentSteps: 1,
    ascentStart: 'mixed',
  }),
  inferenceSteps: z.int().positive().default(20).describe('steps of inference'),
  inferenceRate: z.number().positive().default(0.5).describe('their size'),
  rate: z.number().positive().default(0.1).describe('the first learning rate'),
  decay: z.number().nonnegative().default(1e-3).describe('weight decay of all matrices'),
  schedule: z
    .enum(['short', 'full'])
    .default('short')
    .describe('epochs at each learning rate, a tenth of the one before: 60,25,10 or 150,150,75'),
  phaseEpochs: z
    .array(z.int().positive())
    .optional()
    .describe('other numbers of epochs at each learning rate'),
})

/** The settings of the `dvn` family of label sets; a type and no interface, so that it counts as JSON. */
export type DvnSettings = SampleSettings & {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[]
  /** What follows each hidden layer. */
  readonly activation: 'softplus' | 'relu' | 'tanh' | 'elu'
  /** Share of features dropped in training, in $[0, 1)$. */
  readonly dropoutInput: number
  /** Share of hidden units dropped in training, in $[0, 1)$. */
  readonly dropoutHidden: number
  /** Measurements of all labels together. */
  readonly measurements: number
  /** Units of a second layer over the measurements; left out, there is none. */
  readonly secondLayer?: number
  /** Steps of inference, in training and at test time. */
  readonly inferenceSteps: number
  /** Their size, up the value. */
  readonly inferenceRate: number
  /** The learning rate of the first phase; each further one has a tenth of the one before. */
  readonly rate: number
  /** Weight decay of all matrices: $\lambda$ of the regularizer $\frac{\lambda}{2} \lVert W \rVert^2$. */
  readonly decay: number
  /** How long the phases are: 60, 25 and 10 epochs (`short`), or 150, 150 and 75 (`full`, as published). */
  readonly schedule: 'short' | 'full'
  /** Other numbers of epochs, one for each learning rate. */
  readonly phaseEpochs?: readonly number[]
}

/** A deep value network of label sets (Gygli et al. 2017). */
export const dvnFamily: Family<'multilabel'> = family<'multilabel', DvnSettings, LabelValueParams>({
  task: 'multilabel',
  name: 'dvn',
  summary: 'deep value network: predicts how good an output is, and climbs',
  settings,
  batchSize: 20,
  learner: dvnLearner,
  solve: (configuration, sizes) =>
    energySolver(networkOf(configuration, sizes), inferenceOf(configuration)),
  withSteps: (configuration, inferenceSteps) => ({ ...configuration, inferenceSteps }),
  values: (configuration, sizes) =>
    valuesOf(networkOf(configuration, sizes), oracleNamed(configuration.oracle)),
})

/**
 * Settings of the `dvn` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function dvnSettings(chosen: Partial<DvnSettings> = {}): DvnSettings {
  return parseSettings('dvnSettings', settings, chosen) as DvnSettings
}

/**
 * The learner of the `dvn` family of label sets: stochastic gradient descent, at a tenth of the learning rate in each further phase. The
 * score of an epoch is the F1 at 0.5, since that is where values are learned to decide.
 *
 * @param configuration - the settings, as {@link dvnSettings} completes them
 * @param sizes - of the problem
 * @throws {@link @deepstruct/tensor!DomainError} when all numbers of samples are 0
 */
export function dvnLearner(
  configuration: DvnSettings,
  sizes: Sizes,
): Learner<LabelValueParams, Labeled> {
  const features = featuresOf(configuration, sizes)
  const network = networkOf(configuration, sizes)
  const inference = inferenceOf(configuration)
  const { rate, decay, schedule, phaseEpochs = schedules[schedule] } = configuration
  const { inferenceRate: stepSize, ascentSteps: steps } = configuration
  const samples = samplesOf(configuration, inference, projectedGradient({ steps, stepSize }))
  const measure = evaluateMultilabel(energySolver(network, inference))
  const phases = phaseEpochs.map((epochs, i): Phase<LabelValueParams, Labeled> => {
    const phaseRate = Number((rate * 10 ** -i).toPrecision(12))
    return valuePhase(network, {
      name: `rate ${phaseRate}`,
      moves: ['features', 'output', 'global'],
      optimizer: sgd({ rate: phaseRate }),
      epochs,
      // The rate falls where training has come to, and not at an epoch that was better by chance.
      keeps: i === phaseEpochs.length - 1 ? 'best' : 'last',
      oracle: oracleNamed(configuration.oracle),
      loss: configuration.loss,
      samples,
      noise: (x) => features.noise?.(x),
      ...(decay > 0 && { penalty: (params) => mul(decay / 2, squaredWeights(params)) }),
      evaluate: async (state, data) => {
        const measured = await measure(state, data)
        return { ...measured, score: measured['f1AtHalf'] ?? NaN }
      },
    })
  })
  return {
    family: 'dvn',
    init: (data, random) => ({ ...network.init(random), inputs: featureStatistics(data) }),
    phases,
  }
}

function featuresOf(configuration: DvnSettings, { inputs, labels }: Sizes): Mlp {
  return mlp({
    inputs,
    hidden: configuration.hidden,
    outputs: labels,
    activation: configuration.activation,
    initializer: heNormal,
    dropout: { input: configuration.dropoutInput, hidden: configuration.dropoutHidden },
  })
}

function networkOf(
  configuration: DvnSettings,
  sizes: Sizes,
): ValueNetwork<LabelValueParams, Tensor> {
  const { measurements, secondLayer } = configuration
  return labelValueNetwork({
    network: featuresOf(configuration, sizes),
    measurements,
    ...(secondLayer !== undefined && { secondLayer }),
  })
}

function inferenceOf({ inferenceSteps, inferenceRate }: DvnSettings): IterativeMinimizer {
  return projectedGradient({ steps: inferenceSteps, stepSize: inferenceRate })
}

/** The sum of the squares of all matrices; intercepts are left free. */
function squaredWeights({ features, output, global }: LabelValueParams): Tensor {
  return [...features, output, ...global]
    .map(({ kernel }) => sum(square(kernel)))
    .reduce((total, squares) => add(total, squares))
}
