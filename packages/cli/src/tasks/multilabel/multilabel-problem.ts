import type { MultilabelDataset, Standardizer } from '@deepstruct/datasets'
import type { ModelFile, Sizes } from '@deepstruct/training'
import type { Predictions, Problem, TrainingData, UsableModel } from '../task.ts'

/** What data of label sets say of a problem. */
export interface MultilabelProblem extends Problem<'multilabel'> {
  /** How many features and labels there are. */
  readonly sizes: Sizes
  /** The names of the labels, by position. */
  readonly labelNames: readonly string[]
  /** From raw inputs to those that the model was trained on. */
  readonly standardizer: Standardizer
}

/** A model of label sets. */
export type MultilabelModel = UsableModel<'multilabel', MultilabelProblem>

/** A model of label sets or of classes, which are told of the same. */
export type LabelModel = MultilabelModel | UsableModel<'classification', MultilabelProblem>

/** What such a model predicted. */
export type MultilabelPredictions = Predictions<'multilabel', MultilabelProblem, MultilabelDataset>

/** Data that such a model is trained on. */
export type MultilabelTraining = TrainingData<MultilabelProblem, MultilabelDataset>

/** What a model file keeps of the problem. */
export function fileOf({
  sizes,
  labelNames,
  standardizer,
}: MultilabelProblem): Pick<ModelFile, 'inputs' | 'labelNames'> {
  return { labelNames, inputs: { count: sizes.inputs, standardizer } }
}

/** The problem that a model file was made for; throws what `refuse` makes when the file does not say. */
export function problemOf(
  { labelNames, inputs }: ModelFile,
  refuse: (argument: string, got: string, expected: string) => Error,
): MultilabelProblem {
  if (labelNames === undefined)
    throw refuse('the description', 'without label names', 'a multi-label model')
  return {
    sizes: { inputs: inputs.count, labels: labelNames.length },
    labelNames,
    standardizer: inputs.standardizer ?? { kind: 'identity' },
  }
}
