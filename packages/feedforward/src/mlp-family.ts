import { mlp, type Mlp, type MlpParams } from '@deepstruct/networks'
import {
  type Family,
  family,
  type Labeled,
  type Learner,
  parseSettings,
  type Sizes,
} from '@deepstruct/training'
import { z } from 'zod'
import { classifierPhase } from './classifier-phase.ts'
import { independentSolution } from './independent-solution.ts'

/** The settings of a classifier of independent labels; a type and no interface, so that it counts as JSON. */
export type MlpSettings = {
  /** Units of each hidden layer. */
  readonly hidden: readonly number[]
  /** What follows each hidden layer. */
  readonly activation: 'relu' | 'softplus' | 'tanh' | 'elu'
  /** Share of features dropped in training, in $[0, 1)$. */
  readonly dropoutInput: number
  /** Share of hidden units dropped in training, in $[0, 1)$. */
  readonly dropoutHidden: number
  /** Learning rate of Adam. */
  readonly classifierRate: number
  /** Largest number of epochs. */
  readonly classifierEpochs: number
  /** Epochs without a better score before training stops. */
  readonly classifierPatience: number
}

/** The schema of {@link MlpSettings}, field by field: families that start from a classifier take it into their own. */
export const classifierSettings: Readonly<Record<keyof MlpSettings, z.ZodType>> = {
  hidden: z.array(z.int().positive()).default([150, 150]).describe('units of each hidden layer'),
  activation: z
    .enum(['relu', 'softplus', 'tanh', 'elu'])
    .default('relu')
    .describe('what follows each hidden layer'),
  dropoutInput: z.number().min(0).lt(1).default(0.3).describe('share of features dropped'),
  dropoutHidden: z.number().min(0).lt(1).default(0.5).describe('share of hidden units dropped'),
  classifierRate: z.number().positive().default(1e-3).describe('learning rate of the classifier'),
  classifierEpochs: z.int().positive().default(40).describe('largest number of its epochs'),
  classifierPatience: z
    .int()
    .positive()
    .default(8)
    .describe('epochs without a better score before it stops'),
}

/**
 * Settings of the `mlp` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function mlpSettings(chosen: Partial<MlpSettings> = {}): MlpSettings {
  return parseSettings('mlpSettings', mlpFamily.settings, chosen) as MlpSettings
}

/** The network that the settings describe. */
export function classifierNetwork(configuration: MlpSettings, { inputs, labels }: Sizes): Mlp {
  return mlp({
    inputs,
    hidden: configuration.hidden,
    outputs: labels,
    activation: configuration.activation,
    dropout: { input: configuration.dropoutInput, hidden: configuration.dropoutHidden },
  })
}

/** A multilayer perceptron with one logit for each label: the baseline without structure. */
export const mlpFamily: Family<'multilabel'> = family<'multilabel', MlpSettings, MlpParams>({
  task: 'multilabel',
  name: 'mlp',
  summary: 'independent labels by a multilayer perceptron (binary cross-entropy)',
  settings: z.strictObject(classifierSettings),
  learner: mlpLearner,
  solve: (configuration, sizes) => {
    const network = classifierNetwork(configuration, sizes)
    return (params, x) => independentSolution(network.apply(params, x))
  },
})

/**
 * The learner of the `mlp` family: one phase of binary cross-entropy.
 *
 * @param configuration - the settings, as {@link mlpSettings} completes them
 * @param sizes - of the problem
 */
export function mlpLearner(configuration: MlpSettings, sizes: Sizes): Learner<MlpParams, Labeled> {
  const network = classifierNetwork(configuration, sizes)
  return {
    family: 'mlp',
    init: (_, random) => network.init(random),
    phases: [
      classifierPhase(network, {
        epochs: configuration.classifierEpochs,
        patience: configuration.classifierPatience,
        rate: configuration.classifierRate,
      }),
    ],
  }
}
