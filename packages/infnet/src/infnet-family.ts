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
  type EnergyNetwork,
  type Minimizer,
  projectedGradient,
  type SpenParams,
} from '@deepstruct/inference'
import { type DenseParams, type MlpParams } from '@deepstruct/networks'
import { type Host, randomFromState, sigmoid, type Tensor } from '@deepstruct/tensor'
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
import { compoundPhase, type NetworkPair } from './compound-phase.ts'
import type { GameOptions } from './game.ts'
import { inferenceNetwork, secondOutput } from './inference-network.ts'
import { minimaxPhase } from './minimax-phase.ts'
import type { NetworkObjective } from './network-objective.ts'
import { networkSolver } from './network-solver.ts'
import type { Stabilizers } from './stabilizers.ts'
import { tuningPhase } from './tuning-phase.ts'
import type { HingeForm } from './violation.ts'

const settings = z.strictObject({
  ...classifierSettings,
  ...labelEnergySettings,
  learning: z
    .enum(['minimax', 'compound'])
    .default('minimax')
    .describe('one network, tuned for test time afterward; or two networks together'),
  hinge: z
    .enum(['margin', 'slack', 'contrastive', 'perceptron'])
    .default('margin')
    .describe('how the cost enters the loss (minimax)'),
  networkObjective: z
    .enum(['hinge', 'untruncated', 'printed'])
    .default('untruncated')
    .describe(
      'what networks follow: the loss, the loss without its truncation, or the step as printed',
    ),
  trunk: z
    .enum(['separate', 'shared'])
    .default('separate')
    .describe('two networks, or one with two output layers (compound)'),
  inferenceWeight: z
    .number()
    .positive()
    .default(1)
    .describe('weight of the network for test time (compound)'),
  networkSteps: z
    .int()
    .positive()
    .default(1)
    .describe('steps of the networks for each of the energy'),
  networkRate: z.number().positive().default(1e-4).describe('learning rate of the networks'),
  energyRate: z.number().positive().default(3e-4).describe('learning rate of the energy'),
  gameEpochs: z
    .int()
    .nonnegative()
    .default(15)
    .describe('largest number of epochs of energy and networks'),
  tuningRate: z.number().positive().default(1e-5).describe('learning rate of the tuning (minimax)'),
  tuningEpochs: z.int().nonnegative().default(5).describe('largest number of its epochs'),
  patience: z
    .int()
    .positive()
    .default(5)
    .describe('epochs of these phases without a better score before they stop'),
  entropy: z
    .number()
    .nonnegative()
    .default(0)
    .describe('weight of the entropy of outputs; published 1'),
  crossEntropy: z
    .number()
    .nonnegative()
    .default(0)
    .describe('weight of the cross-entropy of outputs against the truth'),
  pull: z
    .number()
    .nonnegative()
    .default(1)
    .describe('weight of the squared distance to the pretrained network; published 10'),
  networkDecay: z
    .number()
    .nonnegative()
    .default(0)
    .describe('weight of the squared norm of the networks'),
  clipNorm: z
    .number()
    .positive()
    .optional()
    .describe('largest norm of a gradient of the networks; default unbounded'),
  networkDropout: z
    .boolean()
    .default(false)
    .describe('whether the networks have dropout after the pretraining too'),
  energyBound: z
    .number()
    .positive()
    .default(1e4)
    .describe('largest difference of two energies; beyond it training has diverged'),
  refineSteps: z
    .int()
    .nonnegative()
    .default(0)
    .describe('gradient steps on the output of the network at test time'),
  refineRate: z.number().positive().default(0.003).describe('their size'),
})

/** The settings of the `infnet` family; a type and no interface, so that it counts as JSON. */
export type InfnetSettings = MlpSettings &
  LabelEnergySettings & {
    /** One network and a tuning for test time, or two networks together. */
    readonly learning: 'minimax' | 'compound'
    /** How the cost enters the loss of `minimax`. */
    readonly hinge: HingeForm
    /** What the networks minimize. */
    readonly networkObjective: NetworkObjective
    /** Whether the two networks of `compound` have one trunk. */
    readonly trunk: 'separate' | 'shared'
    /** $\lambda$ of `compound`: the weight of the network for test time. */
    readonly inferenceWeight: number
    /** Steps of the networks for each step of the energy. */
    readonly networkSteps: number
    /** Learning rate of the networks. */
    readonly networkRate: number
    /** Learning rate of the energy, whose features are fixed. */
    readonly energyRate: number
    /** Largest number of epochs of energy and networks. */
    readonly gameEpochs: number
    /** Learning rate of the tuning after `minimax`. */
    readonly tuningRate: number
    /** Largest number of its epochs. */
    readonly tuningEpochs: number
    /** Epochs of these phases without a better score before they stop. */
    readonly patience: number
    /** Weight of the entropy of outputs. */
    readonly entropy: number
    /** Weight of the cross-entropy of outputs against the truth. */
    readonly crossEntropy: number
    /** Weight of the squared distance to the pretrained network. */
    readonly pull: number
    /** Weight of the squared norm of the networks. */
    readonly networkDecay: number
    /** Largest norm of a gradient of the networks; left out, unbounded. */
    readonly clipNorm?: number
    /** Whether the networks have dropout after the pretraining too. */
    readonly networkDropout: boolean
    /** Largest difference of two energies; beyond it training has diverged. */
    readonly energyBound: number
    /** Gradient steps on the output of the network at test time; 0 leaves it as it is. */
    readonly refineSteps: number
    /** Their size. */
    readonly refineRate: number
  }

/** What the `infnet` family moves: the energy $\Theta$, the networks $\Phi$ and $\Psi$; a type and no interface, so that it counts as a tree. */
export type InfnetState = SpenParams<unknown> & {
  /** $\Phi$, which looks for the most violating output; with a shared trunk its output layer alone. */
  readonly augmented: MlpParams | DenseParams
  /** $\Psi$, which answers at test time. */
  readonly inference: MlpParams
  /** The classifier that both started from. */
  readonly pretrained: MlpParams
}

/** A structured prediction energy network whose inference is a network. */
export const infnetFamily: Family<'multilabel'> = family<'multilabel', InfnetSettings, InfnetState>(
  {
    task: 'multilabel',
    name: 'infnet',
    summary: 'energy network with an inference network: learns to answer at once',
    settings,
    learner: infnetLearner,
    solve(configuration, sizes) {
      const { inference } = networksOf(configuration, sizes)
      return networkSolver(
        energyOverClassifier(configuration, sizes),
        inference,
        refinementOf(configuration),
      )
    },
    withSteps: (configuration, refineSteps) => ({ ...configuration, refineSteps }),
  },
)

/**
 * Settings of the `infnet` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function infnetSettings(chosen: Partial<InfnetSettings> = {}): InfnetSettings {
  return parseSettings('infnetSettings', settings, chosen) as InfnetSettings
}

/**
 * The learner of the `infnet` family. First the classifier alone; it becomes features and local energy, and the start of the networks. Then the
 * energy, its features fixed, against one network that is tuned for test time afterward (`minimax`), or against two (`compound`).
 *
 * @param configuration - the settings, as {@link infnetSettings} completes them
 * @param sizes - of the problem
 */
export function infnetLearner(
  configuration: InfnetSettings,
  sizes: Sizes,
): Learner<InfnetState, Labeled> {
  const energy = energyOverClassifier(configuration, sizes)
  const { classifierEpochs, classifierPatience, classifierRate } = configuration
  return {
    family: 'infnet',
    init(_, random) {
      const classifier = classifierNetwork(configuration, sizes).init(random)
      // From a source beside, so that the classifier is the one that the same seed gives alone.
      const { label } = energy.init(randomFromState(random.state()).split())
      return withNetworks(configuration, { ...classifier, label })
    },
    phases: [
      classifierPhase(classifierNetwork(configuration, sizes), {
        epochs: classifierEpochs,
        patience: classifierPatience,
        rate: classifierRate,
      }),
      ...gameOf(configuration, sizes, energy),
    ],
  }
}

function gameOf(
  configuration: InfnetSettings,
  sizes: Sizes,
  energy: EnergyNetwork<SpenParams<unknown>, Tensor, Tensor>,
): readonly Phase<InfnetState, Labeled>[] {
  const { learning, hinge: form, inferenceWeight, tuningRate, tuningEpochs } = configuration
  const { patience, clipNorm, gameEpochs, networkRate, networkSteps, networkDropout } =
    configuration
  const { augmented, inference } = networksOf(configuration, sizes)
  const refine = refinementOf(configuration)
  const stabilizers = stabilizersOf(configuration)
  const shared: GameOptions<InfnetState> = {
    epochs: gameEpochs,
    patience,
    energy: {
      moves: ['output', 'label'],
      optimizer: adam({ rate: configuration.energyRate }),
    },
    networks: {
      optimizer: adam({ rate: networkRate }),
      steps: networkSteps,
      stabilizers,
      dropout: networkDropout,
      ...(clipNorm !== undefined && { clipNorm }),
    },
    objective: configuration.networkObjective,
    energyBound: configuration.energyBound,
  }
  const enter = (state: Host<InfnetState>): Host<InfnetState> => withNetworks(configuration, state)
  if (learning === 'compound')
    return [
      {
        ...compoundPhase(
          energy,
          { augmented, inference },
          {
            ...shared,
            inferenceWeight,
            ...(refine !== undefined && { refine }),
          },
        ),
        enter,
      },
    ]
  return [
    { ...minimaxPhase(energy, augmented, { ...shared, form }), enter },
    {
      ...tuningPhase(energy, inference, {
        optimizer: adam({ rate: tuningRate }),
        epochs: tuningEpochs,
        patience,
        stabilizers,
        ...(clipNorm !== undefined && { clipNorm }),
        ...(refine !== undefined && { refine }),
      }),
      enter: (state) => ({ ...state, inference: state.augmented as Host<MlpParams> }),
    },
  ]
}

/** The state with all networks at the classifier that the energy holds. */
function withNetworks(
  configuration: InfnetSettings,
  state: Host<SpenParams<unknown>>,
): Host<InfnetState> {
  const { features, output } = state
  const classifier = { features, output }
  return {
    ...state,
    augmented: sharesTrunk(configuration) ? output : classifier,
    inference: classifier,
    pretrained: classifier,
  }
}

/** Networks of the classifier's form, with outputs in the box. */
function networksOf(configuration: InfnetSettings, sizes: Sizes): NetworkPair<InfnetState> {
  const classifier = classifierNetwork(configuration, sizes)
  const network: typeof classifier = {
    ...classifier,
    apply: (params, x, noise) => sigmoid(classifier.apply(params, x, noise)),
  }
  const augmented = sharesTrunk(configuration)
    ? secondOutput(network, 'inference', 'augmented', 'pretrained')
    : inferenceNetwork(network, 'augmented', 'pretrained')
  return {
    // The same settings have shaped that part of the state.
    augmented: augmented as NetworkPair<InfnetState>['augmented'],
    inference: inferenceNetwork(network, 'inference', 'pretrained'),
  }
}

function sharesTrunk({ learning, trunk }: InfnetSettings): boolean {
  return learning === 'compound' && trunk === 'shared'
}

function stabilizersOf(configuration: InfnetSettings): Stabilizers {
  const { entropy, crossEntropy, pull, networkDecay } = configuration
  return { entropy, crossEntropy, pull, decay: networkDecay }
}

function refinementOf({ refineSteps, refineRate }: InfnetSettings): Minimizer | undefined {
  return refineSteps === 0
    ? undefined
    : projectedGradient({ steps: refineSteps, stepSize: refineRate })
}
