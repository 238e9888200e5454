import type { Host, NDArray, RandomState } from '@deepstruct/tensor'
import type { EpochRecord } from './progress.ts'

/**
 * A run that can go on: everything that decides its future, as plain data. A run that is resumed from a snapshot ends in bit-identical
 * parameters on the same engine.
 */
export interface Snapshot<S> {
  /** The family that was trained. */
  readonly family: string
  /** The engine it ran on, by name. */
  readonly engine: string
  /** The phase under way, by position. */
  readonly phase: number
  /** Epochs done in the phase. */
  readonly epoch: number
  /** Batches done in the epoch under way. */
  readonly step: number
  /** Whether a turn has ended the phase before its last epoch. */
  readonly phaseDone: boolean
  /** The random source as it was when the epoch began: it decides the order of the rows. */
  readonly epochRandom: RandomState
  /** The random source now. */
  readonly random: RandomState
  /** The state. */
  readonly state: Host<S>
  /** The slots of each player of the phase, and how many updates it made. */
  readonly players: readonly PlayerSnapshot[]
  /** Weighted sums and weights of what the epoch reported so far, by name. */
  readonly sums: Readonly<Record<string, readonly [sum: number, weight: number]>>
  /** The best state of the phase so far. */
  readonly best?: {
    /** The epoch it came from. */
    readonly epoch: number
    /** Its score. */
    readonly score: number
    /** The state. */
    readonly state: Host<S>
  }
  /** All epochs so far. */
  readonly history: readonly EpochRecord[]
}

/** What a player's optimizer remembers. */
export interface PlayerSnapshot {
  /** Updates made. */
  readonly updates: number
  /** By slot name, one array per moving parameter array. */
  readonly slots: Readonly<Record<string, readonly NDArray[]>>
}
