import {
  classifierNetwork,
  classifierPhase,
  classifierSettings,
  energyOverClassifier,
  labelEnergySettings,
  type LabelEnergySettings,
  type MlpSettings,
} from '@deepstruct/feedforward'
import {
  energySolver,
  type IterativeMinimizer,
  logitGradient,
  projectedGradient,
  type SpenParams,
} from '@deepstruct/inference'
import {
  adam,
  type Family,
  family,
  type Labeled,
  type Learner,
  parseSettings,
  type Phase,
  type Sizes,
} from '@deepstruct/training'
import { z } from 'zod'
import { endToEndPhase } from './end-to-end-phase.ts'
import { ssvmPhase } from './ssvm-phase.ts'

const settings = z.strictObject({
  ...classifierSettings,
  ...labelEnergySettings,
  learning: z
    .enum(['ssvm', 'end-to-end'])
    .default('ssvm')
    .describe('structured hinge, or differentiation through the inference'),
  inferenceSteps: z.int().positive().default(10).describe('steps of inference'),
  inferenceRate: z
    .number()
    .positive()
    .optional()
    .describe('their size; default 0.03 projected (ssvm), 1 on logits (end-to-end)'),
  energyRate: z.number().positive().default(3e-4).describe('learning rate of the energy phase'),
  energyEpochs: z.int().nonnegative().default(15).describe('largest number of its epochs'),
  jointRate: z.number().positive().default(1e-4).describe('learning rate of the joint phase'),
  jointEpochs: z.int().nonnegative().default(15).describe('largest number of its epochs'),
  patience: z
    .int()
    .positive()
    .default(5)
    .describe('epochs of these phases without a better score before they stop'),
})

/** The settings of the `spen` family; a type and no interface, so that it counts as JSON. */
export type SpenSettings = MlpSettings &
  LabelEnergySettings & {
    /** The structured hinge, or differentiation through the inference. */
    readonly learning: 'ssvm' | 'end-to-end'
    /** Steps of inference, in training and at test time. */
    readonly inferenceSteps: number
    /** Their size; left out, 0.03 for projected steps (ssvm) and 1 for steps on logits (end-to-end). */
    readonly inferenceRate?: number
    /** Learning rate of the phase in which the features are fixed. */
    readonly energyRate: number
    /** Largest number of its epochs. */
    readonly energyEpochs: number
    /** Learning rate of the phase in which everything moves. */
    readonly jointRate: number
    /** Largest number of its epochs. */
    readonly jointEpochs: number
    /** Epochs of these phases without a better score before they stop. */
    readonly patience: number
  }

/** A structured prediction energy network over a pretrained classifier. */
export const spenFamily: Family<'multilabel'> = family<
  'multilabel',
  SpenSettings,
  SpenParams<unknown>
>({
  task: 'multilabel',
  name: 'spen',
  summary: 'structured prediction energy network (structured SVM or end-to-end learning)',
  settings,
  learner: spenLearner,
  solve: (configuration, sizes) =>
    energySolver(energyOverClassifier(configuration, sizes), inference(configuration)),
  withSteps: (configuration, inferenceSteps) => ({ ...configuration, inferenceSteps }),
})

/**
 * Settings of the `spen` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function spenSettings(chosen: Partial<SpenSettings> = {}): SpenSettings {
  return parseSettings('spenSettings', settings, chosen) as SpenSettings
}

/**
 * The learner of the `spen` family, in three phases: the classifier alone, then the energy on its fixed features, then all together
 * at a low rate.
 *
 * @param configuration - the settings, as {@link spenSettings} completes them
 * @param sizes - of the problem
 */
export function spenLearner(
  configuration: SpenSettings,
  sizes: Sizes,
): Learner<SpenParams<unknown>, Labeled> {
  const network = classifierNetwork(configuration, sizes)
  const energy = energyOverClassifier(configuration, sizes)
  const { classifierEpochs, classifierPatience, classifierRate } = configuration
  const { energyEpochs, energyRate, jointEpochs, jointRate, patience } = configuration
  const structured = (
    name: string,
    moves: readonly (keyof SpenParams<unknown>)[],
    rate: number,
    epochs: number,
  ): Phase<SpenParams<unknown>, Labeled> => {
    const optimizer = adam({ rate })
    const shared = { name, moves, optimizer, epochs, patience, inference: inference(configuration) }
    return configuration.learning === 'ssvm'
      ? ssvmPhase(energy, shared)
      : endToEndPhase(energy, shared)
  }
  return {
    family: 'spen',
    init: (_, random) => energy.init(random),
    phases: [
      classifierPhase(network, {
        epochs: classifierEpochs,
        patience: classifierPatience,
        rate: classifierRate,
      }),
      structured('energy', ['output', 'label'], energyRate, energyEpochs),
      structured('joint', ['features', 'output', 'label'], jointRate, jointEpochs),
    ],
  }
}

function inference({
  learning,
  inferenceSteps: steps,
  inferenceRate,
}: SpenSettings): IterativeMinimizer {
  return learning === 'ssvm'
    ? projectedGradient({ steps, stepSize: inferenceRate ?? 0.03 })
    : logitGradient({ steps, stepSize: inferenceRate ?? 1 })
}
