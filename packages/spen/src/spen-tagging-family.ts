import {
  energyOverTagger,
  tagEnergySettings,
  type TagEnergyParams,
  type TagEnergySettings,
  taggerNetwork,
  taggerPhase,
  taggerSchema,
  type TaggerSettings,
} from '@deepstruct/feedforward'
import { energySolver, type IterativeMinimizer, mirrorDescent } from '@deepstruct/inference'
import { wrongTags } from '@deepstruct/losses'
import {
  adam,
  evaluateTags,
  type Family,
  family,
  type Labeled,
  type Learner,
  parseSettings,
  type TagSizes,
} from '@deepstruct/training'
import { z } from 'zod'
import { ssvmPhase } from './ssvm-phase.ts'

const settings = z.strictObject({
  ...taggerSchema,
  ...tagEnergySettings,
  inferenceSteps: z.int().positive().default(20).describe('steps of inference'),
  inferenceRate: z.number().positive().default(0.5).describe('their size'),
  energyRate: z.number().positive().default(3e-3).describe('learning rate of the energy phase'),
  energyEpochs: z.int().nonnegative().default(15).describe('largest number of its epochs'),
  patience: z
    .int()
    .positive()
    .default(5)
    .describe('epochs of this phase without a better score before it stops'),
})

/** The settings of the `spen` family of tags; a type and no interface, so that it counts as JSON. */
export type SpenTaggingSettings = TaggerSettings &
  TagEnergySettings & {
    /** Steps of inference, in training and at test time. */
    readonly inferenceSteps: number
    /** Their size: a step multiplies the probabilities of a token by $\exp(-\eta \nabla E)$. */
    readonly inferenceRate: number
    /** Learning rate of the phase in which the features are fixed. */
    readonly energyRate: number
    /** Largest number of its epochs. */
    readonly energyEpochs: number
    /** Epochs of this phase without a better score before it stops. */
    readonly patience: number
  }

/** A structured prediction energy network of tags, over a pretrained tagger; inference is mirror descent on the simplex of each token. */
export const spenTaggingFamily: Family<'tagging'> = family<
  'tagging',
  SpenTaggingSettings,
  TagEnergyParams
>({
  task: 'tagging',
  name: 'spen',
  summary: 'energy of neighboring tags over a tagger (structured SVM)',
  settings,
  learner: spenTaggingLearner,
  solve: (configuration, sizes) =>
    energySolver(energyOverTagger(configuration, sizes), inference(configuration)),
  withSteps: (configuration, inferenceSteps) => ({ ...configuration, inferenceSteps }),
})

/**
 * Settings of the `spen` family of tags: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function spenTaggingSettings(
  chosen: Partial<SpenTaggingSettings> = {},
): SpenTaggingSettings {
  return parseSettings('spenTaggingSettings', settings, chosen) as SpenTaggingSettings
}

/**
 * The learner of the `spen` family of tags, in two phases: the tagger alone, then the energy on its fixed features, with their dropout, as a
 * structured SVM whose cost is the number of wrong tags.
 *
 * @param configuration - the settings, as {@link spenTaggingSettings} completes them
 * @param sizes - of the problem
 */
export function spenTaggingLearner(
  configuration: SpenTaggingSettings,
  sizes: TagSizes,
): Learner<TagEnergyParams, Labeled> {
  const energy = energyOverTagger(configuration, sizes)
  const { energyRate, energyEpochs, patience } = configuration
  const network = taggerNetwork(configuration, sizes)
  const search = inference(configuration)
  return {
    family: 'spen',
    init: (_, random) => energy.init(random),
    phases: [
      taggerPhase(network, {
        epochs: configuration.taggerEpochs,
        patience: configuration.taggerPatience,
        rate: configuration.taggerRate,
      }),
      {
        ...ssvmPhase(energy, {
          name: 'energy',
          moves: ['output', 'label'],
          optimizer: adam({ rate: energyRate }),
          epochs: energyEpochs,
          patience,
          inference: search,
          // Without it the tagger knows the training sentences by heart, and no pair of tags is left to learn.
          noise: (x) => network.noise?.(x),
          taskLoss: wrongTags,
        }),
        evaluate: evaluateTags(energySolver(energy, search)),
      },
    ],
  }
}

function inference({
  inferenceSteps: steps,
  inferenceRate,
}: SpenTaggingSettings): IterativeMinimizer {
  return mirrorDescent({ steps, stepSize: inferenceRate })
}
