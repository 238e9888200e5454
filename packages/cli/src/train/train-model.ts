import type { DivergenceError } from '@deepstruct/tensor'
import {
  type Checkpoint,
  type EpochRecord,
  type Family,
  fit,
  type Fitted,
  type JsonObject,
  type Labeled,
  type Learner,
  type Parameters,
  type Progress,
  type Snapshot,
  type Task,
} from '@deepstruct/training'
import { scoreModel } from '../model/score-model.ts'
import type {
  Examples,
  Predicted,
  Problem,
  Report,
  TaskDefinition,
  TrainingData,
  UsableModel,
} from '../tasks/task.ts'

/** The examples of a batch, where the family does not say. */
export const BATCH_SIZE = 32

/** The examples of a batch that suit a family. */
export function batchSizeOf({ batchSize = BATCH_SIZE }: Pick<Family<Task>, 'batchSize'>): number {
  return batchSize
}

/** What {@link trainModel} needs. */
export interface TrainModelOptions<
  T extends Task = Task,
  Q extends Problem<T> = Problem<T>,
  D extends Examples = Examples,
> {
  /** The task. */
  readonly task: TaskDefinition<T, Q, D>
  /** The family. */
  readonly family: Family<T>
  /** Its settings. */
  readonly settings: JsonObject
  /** Training and held-out examples. */
  readonly data: TrainingData<Q, D>
  /** Replaces the number of epochs of every phase. */
  readonly epochs?: number | undefined
  /** Rows of a batch. */
  readonly batchSize: number
  /** The seed of everything random. */
  readonly seed: number
  /** Changes the learner before it trains, for instance its first parameters. */
  readonly prepare?: (learner: Learner<Parameters, Labeled>) => Learner<Parameters, Labeled>
  /** Stops the run. */
  readonly signal?: AbortSignal
  /** Goes on from here. */
  readonly resume?: Snapshot<Parameters> | undefined
  /** Keeps snapshots. */
  readonly checkpoint?: Checkpoint<Parameters>
  /** Called after each batch and epoch. */
  readonly onProgress?: (progress: Progress) => void
}

/** A model that {@link trainModel} has trained. */
export interface TrainedModel<
  T extends Task = Task,
  Q extends Problem<T> = Problem<T>,
  D extends Examples = Examples,
> extends UsableModel<T, Q> {
  /** How training ended. */
  readonly status: Fitted<Parameters>['status']
  /** Why it diverged, where it did. */
  readonly divergence?: DivergenceError
  /** What was measured, epoch by epoch. */
  readonly history: readonly EpochRecord[]
  /** Epochs that were trained. */
  readonly epochs: number
  /** Seconds that they took. */
  readonly seconds: number
  /** What was learned on held-out data; none when no epoch was complete. */
  readonly dev?: {
    /** The metrics at the threshold that is best there. */
    readonly report: Report
    /** The predictions. */
    readonly predicted: Predicted
    /** The held-out examples. */
    readonly data: D
  }
}

/** Trains a family on loaded data and chooses the threshold on the held-out part. */
export async function trainModel<T extends Task, Q extends Problem<T>, D extends Examples>(
  options: TrainModelOptions<T, Q, D>,
): Promise<TrainedModel<T, Q, D>> {
  const { task, family, settings, data, epochs, prepare = (learner) => learner } = options
  const { problem, train, dev } = data
  task.requireServed?.(family, problem)
  const learner = prepare(family.learner(settings, problem.sizes))
  const { batchSize, seed, signal, resume, checkpoint, onProgress } = options
  const { state, status, history, divergence } = await fit(
    epochs === undefined
      ? learner
      : { ...learner, phases: learner.phases.map((phase) => ({ ...phase, epochs })) },
    train,
    {
      dev,
      batchSize,
      seed,
      ...(signal === undefined ? {} : { signal }),
      ...(resume === undefined ? {} : { resume }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(onProgress === undefined ? {} : { onProgress }),
    },
  )
  const done = history.filter(({ epoch }) => epoch > 0)
  const model: UsableModel<T, Q> = { family, settings, problem, threshold: 0.5, parameters: state }
  const trained = {
    ...model,
    status,
    ...(divergence === undefined ? {} : { divergence }),
    history,
    epochs: done.length,
    seconds: done.reduce((sum, { seconds }) => sum + seconds, 0),
  }
  if (done.length === 0) return trained
  const predicted = await scoreModel(model, dev, task.batchSize)
  const threshold = task.chooseThreshold(predicted)
  return {
    ...trained,
    threshold,
    dev: { report: task.measure(predicted, threshold, dev), predicted, data: dev },
  }
}
