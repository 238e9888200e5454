import type { Device, Host, NoiseSpec, Random, Tensor, Tree } from '@deepstruct/tensor'
import type { Dataset } from './dataset.ts'
import type { Optimizer } from './optimizer/optimizer.ts'

/** Numbers by name: what was measured. */
export type Metrics = Readonly<Record<string, number>>

/** Measurements on held-out data; `score` decides which state is best, higher is better. */
export type Evaluation = Metrics & {
  /** What early stopping and the choice of the best epoch look at; higher is better. */
  readonly score: number
}

/**
 * How a family is trained: phases one after the other, each a round of turns. `S` is the state, an object whose keys name its
 * parts (networks, energies); `B` is a batch. Both are trees of tensors.
 */
export interface Learner<S, B> {
  /** The family's name. */
  readonly family: string
  /** The first state. */
  init(data: Dataset<Host<B>>, random: Random): Host<S>
  /** What is done, in order. */
  readonly phases: readonly Phase<S, B>[]
}

/** A stretch of training with its own losses. */
export interface Phase<S, B> {
  /** For progress and reports. */
  readonly name: string
  /** The largest number of passes over the data. */
  readonly epochs: number
  /** Stop after so many epochs without a better score on held-out data; default never. */
  readonly patience?: number
  /**
   * Which state goes on: the best one by its score (the default), or the last one, for a phase whose epochs are a way that the next phase
   * goes on from.
   */
  readonly keeps?: 'best' | 'last'
  /** Changes the state on entry: copies a pretrained part, starts another. */
  enter?(state: Host<S>, random: Random): Host<S>
  /** Draws a batch; default the rows as they are. Crops and mirrored images go here. */
  batch?(data: Dataset<Host<B>>, rows: ArrayLike<number>, random: Random): Host<B>
  /** Who moves, in order, at each batch. */
  readonly turns: readonly Turn<S, B>[]
  /** Measures a state on held-out data; without it the last state of the phase is kept. */
  evaluate?(state: Device<S>, data: Dataset<Host<B>>): Promise<Evaluation>
}

/** A player that follows a gradient, or a step that runs on the host. */
export type Turn<S, B> = Player<S, B> | HostTurn<S, B>

/** A part of the state that minimizes a loss by gradient steps. */
export interface Player<S, B> {
  /** For reports, where several take turns; default the keys that move. */
  readonly name?: string
  /** The keys of the state that move; the others are constants of the loss. */
  readonly moves: readonly (keyof S & string)[]
  /** How many steps in a row; default 1. */
  readonly times?: number
  /** How it moves. */
  readonly optimizer: Optimizer
  /** Bounds the global norm of the gradient; default unbounded. */
  readonly clipNorm?: number
  /** The random numbers that the loss wants: dropout masks, random starts. Drawn on the host. */
  noise?(batch: Host<B>): Tree<NoiseSpec> | undefined
  /** What is computed without a gradient before the loss: cost-augmented inference, samples. */
  prepare?(state: S, batch: B, noise: unknown): unknown
  /** The loss of each row; `fit` minimizes the weighted mean. */
  loss(state: S, batch: B, prepared: unknown, noise: unknown): RowLosses
  /** What is added once a step, for instance a regularizer: a scalar of the state. */
  penalty?(state: S): Tensor
}

/** The losses of a batch. */
export interface RowLosses {
  /** The loss of each row, `[batch]`. */
  readonly rows: Tensor
  /** How much each row counts, `[batch]`; default 1. */
  readonly weights?: Tensor
  /** Further numbers of each row, `[batch]`, whose means are reported. */
  readonly metrics?: Readonly<Record<string, Tensor>>
}

/** A step that a solver takes on the host: quadratic programs, exact inference. */
export interface HostTurn<S, B> {
  /** For reports; default `host`. */
  readonly name?: string
  /**
   * The next state.
   *
   * @returns `done: true` ends the phase
   */
  step(
    state: Host<S>,
    batch: Host<B>,
    random: Random,
  ): Promise<{ readonly state: Host<S>; readonly metrics: Metrics; readonly done?: boolean }>
}
