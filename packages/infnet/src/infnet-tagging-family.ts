import {
  energyOverTagger,
  tagEnergySettings,
  type TagEnergyParams,
  type TagEnergySettings,
  type TaggedFeatures,
  taggerNetwork,
  taggerPhase,
  taggerSchema,
  type TaggerSettings,
} from '@deepstruct/feedforward'
import { wrongTags } from '@deepstruct/losses'
import {
  type Network,
  tokenMask,
  type TokenFeaturesParams,
  type WithOutputParams,
} from '@deepstruct/networks'
import { expandDims, type Host, mul, softmax } from '@deepstruct/tensor'
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
import { inferenceNetwork } from './inference-network.ts'
import { minimaxPhase } from './minimax-phase.ts'
import { networkSolver } from './network-solver.ts'
import { tuningPhase } from './tuning-phase.ts'

const settings = z.strictObject({
  ...taggerSchema,
  ...tagEnergySettings,
  networkRate: z.number().positive().default(3e-4).describe('learning rate of the networks'),
  energyRate: z.number().positive().default(3e-3).describe('learning rate of the energy'),
  gameEpochs: z
    .int()
    .nonnegative()
    .default(15)
    .describe('largest number of epochs of energy and network'),
  tuningRate: z.number().positive().default(1e-4).describe('learning rate of the tuning'),
  tuningEpochs: z.int().nonnegative().default(5).describe('largest number of its epochs'),
  patience: z
    .int()
    .positive()
    .default(5)
    .describe('epochs of these phases without a better score before they stop'),
  crossEntropy: z
    .number()
    .nonnegative()
    .default(1)
    .describe('weight of the cross-entropy of outputs against the truth'),
  pull: z
    .number()
    .nonnegative()
    .default(0)
    .describe('weight of the squared distance to the pretrained network'),
  energyBound: z
    .number()
    .positive()
    .default(1e4)
    .describe('largest difference of two energies; beyond it training has diverged'),
})

/** The settings of the `infnet` family of tags; a type and no interface, so that it counts as JSON. */
export type InfnetTaggingSettings = TaggerSettings &
  TagEnergySettings & {
    /** Learning rate of the networks. */
    readonly networkRate: number
    /** Learning rate of the energy, whose features are fixed. */
    readonly energyRate: number
    /** Largest number of epochs of energy and network. */
    readonly gameEpochs: number
    /** Learning rate of the tuning. */
    readonly tuningRate: number
    /** Largest number of its epochs. */
    readonly tuningEpochs: number
    /** Epochs of these phases without a better score before they stop. */
    readonly patience: number
    /** Weight of the cross-entropy of outputs against the truth. */
    readonly crossEntropy: number
    /** Weight of the squared distance to the pretrained network. */
    readonly pull: number
    /** Largest difference of two energies; beyond it training has diverged. */
    readonly energyBound: number
  }

/** The parameters of a network that tags: features of tokens, and a layer of one score for each tag. */
export type TaggerParams = WithOutputParams<TokenFeaturesParams>

/** What the `infnet` family of tags moves: the energy $\Theta$, the networks $\Phi$ and $\Psi$; a type and no interface, so that it counts as a tree. */
export type InfnetTaggingState = TagEnergyParams & {
  /** $\Phi$, which looks for the most violating tags. */
  readonly augmented: TaggerParams
  /** $\Psi$, which answers at test time. */
  readonly inference: TaggerParams
  /** The tagger that both started from. */
  readonly pretrained: TaggerParams
}

/** An energy of neighboring tags whose inference is a tagger. */
export const infnetTaggingFamily: Family<'tagging'> = family<
  'tagging',
  InfnetTaggingSettings,
  InfnetTaggingState
>({
  task: 'tagging',
  name: 'infnet',
  summary:
    'energy of neighboring tags with an inference network: a tagger that learns to answer at once',
  settings,
  learner: infnetTaggingLearner,
  solve: (configuration, sizes) =>
    networkSolver<InfnetTaggingState, TaggedFeatures>(
      energyOverTagger(configuration, sizes),
      inferenceNetwork(answering(configuration, sizes), 'inference', 'pretrained'),
    ),
})

/**
 * Settings of the `infnet` family of tags: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function infnetTaggingSettings(
  chosen: Partial<InfnetTaggingSettings> = {},
): InfnetTaggingSettings {
  return parseSettings('infnetTaggingSettings', settings, chosen) as InfnetTaggingSettings
}

/**
 * The learner of the `infnet` family of tags. First the tagger alone; it becomes features and local energy, and the start of the networks.
 * Then the energy, its features fixed, against a network that looks for the most violating tags (Tu and Gimpel 2018, section 3), which is
 * tuned for test time afterward.
 *
 * @param configuration - the settings, as {@link infnetTaggingSettings} completes them
 * @param sizes - of the problem
 */
export function infnetTaggingLearner(
  configuration: InfnetTaggingSettings,
  sizes: TagSizes,
): Learner<InfnetTaggingState, Labeled> {
  const { taggerEpochs, taggerPatience, taggerRate, patience, energyBound } = configuration
  const { crossEntropy, pull } = configuration
  const energy = energyOverTagger(configuration, sizes)
  const network = answering(configuration, sizes)
  const augmented = inferenceNetwork(network, 'augmented', 'pretrained')
  const inference = inferenceNetwork(network, 'inference', 'pretrained')
  const stabilizers = { crossEntropy, pull }

  return {
    family: 'infnet',
    init: (_, random) => withNetworks(energy.init(random)),
    phases: [
      taggerPhase(taggerNetwork(configuration, sizes), {
        epochs: taggerEpochs,
        patience: taggerPatience,
        rate: taggerRate,
      }),
      {
        ...minimaxPhase<InfnetTaggingState, TaggedFeatures>(energy, augmented, {
          epochs: configuration.gameEpochs,
          patience,
          energy: {
            moves: ['output', 'label'],
            optimizer: adam({ rate: configuration.energyRate }),
          },
          networks: { optimizer: adam({ rate: configuration.networkRate }), stabilizers },
          taskLoss: wrongTags,
          objective: 'untruncated',
          energyBound,
          measure: evaluateTags,
        }),
        enter: withNetworks,
      },
      {
        ...tuningPhase<InfnetTaggingState, TaggedFeatures>(energy, inference, {
          optimizer: adam({ rate: configuration.tuningRate }),
          epochs: configuration.tuningEpochs,
          patience,
          stabilizers,
          measure: evaluateTags,
        }),
        enter: (state) => ({ ...state, inference: state.augmented }),
      },
    ],
  }
}

/** The state with all networks at the tagger that the energy holds. */
function withNetworks(state: Host<TagEnergyParams>): Host<InfnetTaggingState> {
  const { features, output } = state
  const tagger = { features, output }
  return { ...state, augmented: tagger, inference: tagger, pretrained: tagger }
}

/** A tagger whose outputs lie in the simplices, and are 0 beyond the end of a sentence. */
function answering(configuration: TaggerSettings, sizes: TagSizes): Network<TaggerParams> {
  const tagger = taggerNetwork(configuration, sizes)
  return {
    ...tagger,
    apply: (params, x, noise) =>
      mul(softmax(tagger.apply(params, x, noise)), expandDims(tokenMask(x), -1)),
  }
}
