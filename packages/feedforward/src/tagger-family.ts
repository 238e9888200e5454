import {
  type TokenFeaturesParams,
  tokenFeatures,
  tokenMask,
  type WithOutput,
  withOutput,
  type WithOutputParams,
} from '@deepstruct/networks'
import {
  type Family,
  family,
  type Labeled,
  type Learner,
  parseSettings,
  type TagSizes,
} from '@deepstruct/training'
import { z } from 'zod'
import { tagSolution } from './tag-solution.ts'
import { taggerPhase } from './tagger-phase.ts'

/** The settings of a tagger of independent tokens; a type and no interface, so that it counts as JSON. */
export type TaggerSettings = {
  /** Width of the vectors of the first column of ids, the words. */
  readonly wordWidth: number
  /** Width of the vectors of every other column. */
  readonly columnWidth: number
  /** Units of each direction of the recurrent network. */
  readonly units: number
  /** Share of embedded features dropped in training, in $[0, 1)$. */
  readonly dropoutInput: number
  /** Share of units dropped in training, in $[0, 1)$. */
  readonly dropoutUnits: number
  /** Learning rate of Adam. */
  readonly taggerRate: number
  /** Largest number of epochs. */
  readonly taggerEpochs: number
  /** Epochs without a better score before training stops. */
  readonly taggerPatience: number
}

/** The schema of {@link TaggerSettings}, field by field: families that start from a tagger take it into their own. */
export const taggerSchema: Readonly<Record<keyof TaggerSettings, z.ZodType>> = {
  wordWidth: z.int().positive().default(100).describe('width of the vectors of words'),
  columnWidth: z.int().positive().default(20).describe('width of the vectors of other columns'),
  units: z.int().positive().default(100).describe('units of each direction of the LSTM'),
  dropoutInput: z.number().min(0).lt(1).default(0.3).describe('share of embedded features dropped'),
  dropoutUnits: z.number().min(0).lt(1).default(0.3).describe('share of LSTM units dropped'),
  taggerRate: z.number().positive().default(2e-3).describe('learning rate of the tagger'),
  taggerEpochs: z.int().positive().default(30).describe('largest number of its epochs'),
  taggerPatience: z
    .int()
    .positive()
    .default(5)
    .describe('epochs without a better score before it stops'),
}

/**
 * Settings of the `tagger` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function taggerSettings(chosen: Partial<TaggerSettings> = {}): TaggerSettings {
  return parseSettings('taggerSettings', taggerFamily.settings, chosen) as TaggerSettings
}

/** The network that the settings describe: from ids `[batch, length, columns]` to logits `[batch, length, tags]`. */
export function taggerNetwork(
  configuration: TaggerSettings,
  { columns, tags }: TagSizes,
): WithOutput<TokenFeaturesParams> {
  const { wordWidth, columnWidth, units, dropoutInput, dropoutUnits } = configuration
  const features = tokenFeatures({
    columns,
    width: columns.map((_, column) => (column === 0 ? wordWidth : columnWidth)),
    units,
    dropout: { input: dropoutInput, output: dropoutUnits },
  })
  return withOutput(features, { outputs: tags })
}

/** A bidirectional LSTM over embedded ids with one logit for each tag of a token: the baseline without structure. */
export const taggerFamily: Family<'tagging'> = family<
  'tagging',
  TaggerSettings,
  WithOutputParams<TokenFeaturesParams>
>({
  task: 'tagging',
  name: 'tagger',
  summary: 'independent tags by a bidirectional LSTM (cross-entropy)',
  settings: z.strictObject(taggerSchema),
  learner: taggerLearner,
  solve: (configuration, sizes) => {
    const network = taggerNetwork(configuration, sizes)
    return (params, x) => tagSolution(network.apply(params, x), tokenMask(x))
  },
})

/**
 * The learner of the `tagger` family: one phase of cross-entropy.
 *
 * @param configuration - the settings, as {@link taggerSettings} completes them
 * @param sizes - of the problem
 */
export function taggerLearner(
  configuration: TaggerSettings,
  sizes: TagSizes,
): Learner<WithOutputParams<TokenFeaturesParams>, Labeled> {
  const network = taggerNetwork(configuration, sizes)
  return {
    family: 'tagger',
    init: (_, random) => network.init(random),
    phases: [
      taggerPhase(network, {
        epochs: configuration.taggerEpochs,
        patience: configuration.taggerPatience,
        rate: configuration.taggerRate,
      }),
    ],
  }
}
