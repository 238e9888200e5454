import type { MultilabelDataset, Standardizer } from '@deepstruct/datasets'
import { fitStandardizer, standardize } from '@deepstruct/datasets'
import { selectThreshold } from '@deepstruct/metrics'
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
  type Scored,
  type Snapshot,
} from '@deepstruct/training'
import { type ModelReport, reportOf, scoreModel } from '../model/evaluate-model.ts'
import type { UsableModel } from '../model/usable-model.ts'

/** What {@link trainModel} needs. */
export interface TrainModelOptions {
  /** The family. */
  readonly family: Family<'multilabel'>
  /** Its settings. */
  readonly settings: JsonObject
  /** Training examples as they were loaded. */
  readonly train: MultilabelDataset
  /** Held-out examples as they were loaded. */
  readonly dev: MultilabelDataset
  /** How inputs are standardized; default learned from the training examples. */
  readonly standardizer?: Standardizer
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
export interface TrainedModel extends UsableModel {
  /** How training ended. */
  readonly status: Fitted<Parameters>['status']
  /** What was measured, epoch by epoch. */
  readonly history: readonly EpochRecord[]
  /** Epochs that were trained. */
  readonly epochs: number
  /** Seconds that they took. */
  readonly seconds: number
  /** What was learned on held-out data; none when no epoch was complete. */
  readonly dev?: {
    /** The metrics at the threshold that is best there. */
    readonly report: ModelReport
    /** The predictions. */
    readonly scored: Scored
    /** The held-out examples, standardized. */
    readonly data: MultilabelDataset
  }
}

/** Trains a family on loaded data and chooses the threshold on the held-out part. */
export async function trainModel(options: TrainModelOptions): Promise<TrainedModel> {
  const { family, settings, train, epochs, prepare = (learner) => learner } = options
  const { standardizer = fitStandardizer(train), ...rest } = options
  const dev = standardize(options.dev, standardizer)
  const sizes = { inputs: train.featureNames.length, labels: train.labelNames.length }
  const learner = prepare(family.learner(settings, sizes))
  const { batchSize, seed, signal, resume, checkpoint, onProgress } = rest
  const { state, status, history } = await fit(
    epochs === undefined
      ? learner
      : { ...learner, phases: learner.phases.map((phase) => ({ ...phase, epochs })) },
    standardize(train, standardizer),
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
  const model: UsableModel = {
    family,
    settings,
    sizes,
    labelNames: train.labelNames,
    standardizer,
    threshold: 0.5,
    parameters: state,
  }
  const trained = {
    ...model,
    status,
    history,
    epochs: done.length,
    seconds: done.reduce((sum, { seconds }) => sum + seconds, 0),
  }
  if (done.length === 0) return trained
  const scored = await scoreModel(model, dev)
  const { threshold } = selectThreshold(scored.scores, scored.labels)
  return {
    ...trained,
    threshold,
    dev: { report: reportOf(scored, threshold), scored, data: dev },
  }
}
