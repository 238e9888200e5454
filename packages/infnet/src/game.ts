import type { Minimizer } from '@deepstruct/inference'
import { squared, type TaskLoss } from '@deepstruct/losses'
import {
  add,
  type Host,
  mul,
  type NoiseSpec,
  relu,
  sub,
  type Tensor,
  type Tree,
} from '@deepstruct/tensor'
import type { Labeled, Optimizer, Phase, Player, RowLosses } from '@deepstruct/training'
import { binaryEntropy } from './binary-entropy.ts'
import { requireBound } from './energy-bound.ts'
import type { EnergyPart } from './energy-part.ts'
import { evaluateNetwork, type Measure } from './evaluate-network.ts'
import type { InferenceNetwork } from './inference-network.ts'
import { type NetworkObjective, networkObjective } from './network-objective.ts'
import { stabilizedRows, type Stabilizers, stabilizingPenalty } from './stabilizers.ts'
import { type HingeForm, violation } from './violation.ts'

/** How an energy and its inference networks are trained against each other. */
export interface GameOptions<S> {
  /** For progress and reports; default the name of the method. */
  readonly name?: string
  /** The parts of the energy that move, and how. */
  readonly energy: {
    /** The parts of the state. */
    readonly moves: readonly (keyof S & string)[]
    /** How they move. */
    readonly optimizer: Optimizer
    /** A regularizer: a scalar of the state. */
    readonly penalty?: (state: S) => Tensor
  }
  /** How the networks move. */
  readonly networks: {
    /** How they move. */
    readonly optimizer: Optimizer
    /** Their steps for each step of the energy; default 1. */
    readonly steps?: number
    /** What keeps them in bounds; default nothing. */
    readonly stabilizers?: Stabilizers
    /** Bounds the global norm of their gradient; default unbounded. */
    readonly clipNorm?: number
    /** Whether their dropout is on while they move; default false. */
    readonly dropout?: boolean
  }
  /** $\Delta$, relaxed; default the squared distance, which is the Hamming loss on corners. */
  readonly taskLoss?: TaskLoss
  /** What the networks minimize. */
  readonly objective?: NetworkObjective
  /** The largest difference of two energies that counts as learning; beyond it training ends as diverged. Default $10^4$. */
  readonly energyBound?: number
  /** The largest number of passes over the data. */
  readonly epochs: number
  /** Stop after so many epochs without a better score; default never. */
  readonly patience?: number
  /** How answers are measured on held-out data; default `evaluateMultilabel` of `@deepstruct/training`. */
  readonly measure?: Measure
}

/** A network in the game, and what it plays for. */
export interface Contest<S> {
  /** The network. */
  readonly network: InferenceNetwork<S>
  /** The hinge that it maximizes and the energy minimizes. */
  readonly form: HingeForm
  /** How much the hinge counts. */
  readonly weight: number
}

/** Dropout masks of the networks, by their position. */
type Noise = Readonly<Record<string, unknown>>

/** What a contest has come to on a batch: `y` is the network's output, `[batch, labels]`; the rest is `[batch]`. */
interface Round {
  readonly y: Tensor
  readonly cost: Tensor
  readonly gap: Tensor
  readonly violated: Tensor
}

/**
 * A game between an energy and networks, as a phase with two players that move in turn at each batch: the networks together raise the
 * weighted sum of their hinges, then the energy lowers it.
 *
 * @param measured - the network that epochs are measured by, and what refines its answers at test time
 */
export function gamePhase<S, F>(
  model: EnergyPart<S, F>,
  contests: readonly Contest<S>[],
  measured: { readonly network: InferenceNetwork<S>; readonly refine?: Minimizer | undefined },
  options: GameOptions<S> & { readonly name: string; readonly objective: NetworkObjective },
): Phase<S, Labeled> {
  const { name, energy, networks, taskLoss = squared, objective, energyBound = 1e4 } = options
  const { steps = 1, stabilizers = {}, clipNorm, dropout = false } = networks

  const rounds = (state: S, { x, y: truth }: Labeled, noise: Noise = {}): readonly Round[] => {
    const features = model.encode(state, x)
    const energyTrue = model.energy(state, features, truth)
    return contests.map(({ network, form }, i) => {
      const y = network.answer(state, x, noise[i])
      const energyPredicted = model.energy(state, features, y)
      const cost = taskLoss(truth, y)
      const gap = sub(energyTrue, energyPredicted)
      requireBound(name, gap, energyBound)
      return {
        y,
        cost,
        gap,
        violated: violation(form, { energyTrue, energyPredicted, taskLoss: cost }),
      }
    })
  }

  /** The weighted sum of what each round is worth to a player, with the numbers of the first round. */
  const losses = (
    played: readonly Round[],
    worth: (round: Round) => Tensor,
  ): { rows: Tensor; metrics: Record<string, Tensor> } => {
    const [first] = played as readonly [Round, ...Round[]]
    const rows = played
      .map((round, i) => mul((contests[i] as Contest<S>).weight, worth(round)))
      .reduce((total, part) => add(total, part))
    return { rows, metrics: { cost: first.cost, gap: first.gap } }
  }

  const penalty = stabilizingPenalty(
    name,
    contests.map(({ network }) => network),
    stabilizers,
  )
  const networkPlayer: Player<S, Labeled> = {
    name: 'network',
    moves: [...new Set(contests.flatMap(({ network }) => network.moves))],
    optimizer: networks.optimizer,
    times: steps,
    ...(clipNorm !== undefined && { clipNorm }),
    ...(dropout && { noise: ({ x }) => noiseOf(contests, x) }),
    loss(state, batch, _, noise): RowLosses {
      const played = rounds(state, batch, noise as Noise | undefined)
      const { rows, metrics } = losses(played, ({ violated }) =>
        networkObjective(objective, violated),
      )
      return {
        rows: played.reduce((sum, { y }) => stabilizedRows(sum, stabilizers, y, batch.y), rows),
        metrics: { ...metrics, entropy: binaryEntropy((played[0] as Round).y) },
      }
    },
    ...(penalty !== undefined && { penalty }),
  }
  const energyPlayer: Player<S, Labeled> = {
    name: 'energy',
    moves: energy.moves,
    optimizer: energy.optimizer,
    loss: (state, batch) => losses(rounds(state, batch), ({ violated }) => relu(violated)),
    ...(energy.penalty !== undefined && { penalty: energy.penalty }),
  }
  return {
    name,
    epochs: options.epochs,
    ...(options.patience !== undefined && { patience: options.patience }),
    turns: [networkPlayer, energyPlayer],
    evaluate: evaluateNetwork(name, model, measured.network, {
      refine: measured.refine,
      measure: options.measure,
    }),
  }
}

function noiseOf<S>(contests: readonly Contest<S>[], x: Host<Tensor>): Tree<NoiseSpec> {
  const wanted = contests.flatMap(({ network }, i) => {
    const noise = network.noise?.(x)
    return noise === undefined ? [] : [[i, noise] as const]
  })
  return Object.fromEntries(wanted)
}
