import { DataError } from '@deepstruct/tensor'
import type { MultilabelDataset } from './multilabel.ts'
import type { ParseOptions } from './place.ts'

/** The columns that data must have, to belong to a model or to another data set. */
export interface Columns {
  /** The number of features. */
  readonly features: number
  /** The names of the labels, in order. */
  readonly labels: readonly string[]
}

/** The columns of a data set, as {@link checkColumns} compares them and a model file keeps them. */
export function columnsOf(dataset: MultilabelDataset): Columns {
  return { features: dataset.featureNames.length, labels: dataset.labelNames }
}

/**
 * Checks that a data set has the columns that a model was trained on.
 *
 * @throws `DataError` when the number of features, or a label, differs
 */
export function checkColumns(
  dataset: MultilabelDataset,
  expected: Columns,
  options: ParseOptions = {},
): void {
  const fail = (argument: string, got: string, wanted: string): DataError =>
    new DataError({
      function: 'checkColumns',
      argument,
      got,
      expected: wanted,
      file: options.file ?? 'input',
    })
  const { features, labels } = columnsOf(dataset)
  if (features !== expected.features)
    throw fail('the number of features', String(features), String(expected.features))
  if (labels.length !== expected.labels.length)
    throw fail('the number of labels', String(labels.length), String(expected.labels.length))
  const differs = labels.findIndex((name, label) => name !== expected.labels[label])
  if (differs !== -1)
    throw fail(`label ${differs}`, `"${labels[differs]}"`, `"${expected.labels[differs]}"`)
}
