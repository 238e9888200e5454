import type { MultilabelDataset } from '@deepstruct/datasets'
import type { MultilabelProblem } from '../multilabel/multilabel-problem.ts'
import type { Predictions, UsableModel } from '../task.ts'

/** What data of classes say of a problem: as of label sets, where the labels are the classes. */
export type ClassificationProblem = MultilabelProblem

/** A model of classes. */
export type ClassificationModel = UsableModel<'classification', ClassificationProblem>

/** What such a model predicted. */
export type ClassPredictions = Predictions<
  'classification',
  ClassificationProblem,
  MultilabelDataset
>
