import type { Evaluation, Metrics } from '../learner.ts'

/** What {@link fit} tells while it runs. */
export type Progress = StepProgress | EpochProgress

/** A batch is done. */
export interface StepProgress {
  /** Tells the kinds apart. */
  readonly kind: 'step'
  /** The phase's name. */
  readonly phase: string
  /** The epoch under way, counted from 1. */
  readonly epoch: number
  /** The largest number of epochs of the phase. */
  readonly epochs: number
  /** Batches done in this epoch. */
  readonly step: number
  /** Batches of an epoch. */
  readonly steps: number
  /** The mean loss of this batch over all players. */
  readonly loss: number
}

/** An epoch is done. */
export interface EpochProgress extends EpochRecord {
  /** Tells the kinds apart. */
  readonly kind: 'epoch'
  /** The largest number of epochs of the phase. */
  readonly epochs: number
}

/** What is kept of an epoch. */
export interface EpochRecord {
  /** The phase's name. */
  readonly phase: string
  /** The epoch, counted from 1; 0 is the state on entry. */
  readonly epoch: number
  /** Means over the epoch: `loss`, and what the losses reported. Empty for epoch 0. */
  readonly train: Metrics
  /** The measurements on held-out data. */
  readonly dev?: Evaluation
  /** Whether this is the best state of the phase so far. */
  readonly best: boolean
  /** Seconds that the epoch took, its evaluation included. */
  readonly seconds: number
}
