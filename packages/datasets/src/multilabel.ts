import { DomainError, type NDArray, ShapeError } from '@deepstruct/tensor'
import {
  extentOf,
  type Features,
  gatherRows,
  isSparse,
  selectRows,
  type SparseMatrix,
  toSparse,
} from './sparse.ts'

/** Examples that training draws in batches of type `B`. */
export interface Dataset<B> {
  /** The number of examples. */
  readonly size: number
  /** The given examples, in the given order, as one batch. */
  batch(rows: ArrayLike<number>): B
  /** The given examples, in the given order, as a data set. */
  subset(rows: ArrayLike<number>): Dataset<B>
}

/** Examples with label sets as dense float32 arrays. A type and not an interface, so that it is a tree of arrays. */
export type MultilabelBatch = {
  /** The inputs, `[batch, features]`. */
  readonly x: NDArray
  /** The labels, `[batch, labels]`, each 0 or 1. */
  readonly y: NDArray
}

/** Examples that each carry a set of labels. Sparse inputs stay sparse until a batch is drawn. */
export interface MultilabelDataset extends Dataset<MultilabelBatch> {
  /** The inputs, `[examples, features]`. */
  readonly features: Features
  /** The labels, `[examples, labels]`: an entry 1 for each label that an example has. */
  readonly labels: SparseMatrix
  /** The name of each feature column. */
  readonly featureNames: readonly string[]
  /** The name of each label column. */
  readonly labelNames: readonly string[]
  subset(rows: ArrayLike<number>): MultilabelDataset
}

/** What a {@link MultilabelDataset} is made of. */
export interface MultilabelParts {
  /** The inputs, `[examples, features]`. */
  readonly features: Features
  /** The labels, `[examples, labels]`, dense or sparse, each 0 or 1. */
  readonly labels: Features
  /** The name of each feature column; default its number. */
  readonly featureNames?: readonly string[]
  /** The name of each label column; default its number. */
  readonly labelNames?: readonly string[]
}

/**
 * A multi-label data set over arrays that are already in memory; they are not copied where the layout fits.
 *
 * @throws `ShapeError` when rows or names do not match
 * @throws `DomainError` when a label is neither 0 nor 1, or a feature is not finite
 *
 * @example
 * ```ts
 * import { multilabelDataset } from '@deepstruct/datasets'
 * import { array } from '@deepstruct/tensor'
 *
 * const dataset = multilabelDataset({
 *   features: array([[0.5, 1], [2, 0], [1, 1]]),
 *   labels: array([[1, 0], [1, 1], [0, 0]]),
 *   labelNames: ['beach', 'sunset'],
 * })
 * const { x, y } = dataset.batch([2, 0]) // x: [2, 2], y: [2, 2]
 * ```
 */
export function multilabelDataset(parts: MultilabelParts): MultilabelDataset {
  const [rows, columns] = extentOf(parts.features)
  const labels = isSparse(parts.labels) ? parts.labels : toSparse(parts.labels)
  if (labels.rows !== rows)
    throw mismatch('labels', `${labels.rows} rows`, `${rows}, one for each row of features`)
  const featureNames = parts.featureNames ?? numbered(columns)
  const labelNames = parts.labelNames ?? numbered(labels.columns)
  if (featureNames.length !== columns)
    throw mismatch(
      'featureNames',
      `${featureNames.length} names`,
      `${columns}, one for each feature`,
    )
  if (labelNames.length !== labels.columns)
    throw mismatch(
      'labelNames',
      `${labelNames.length} names`,
      `${labels.columns}, one for each label`,
    )
  const wrongLabel = labels.values.find((value) => value !== 1)
  if (wrongLabel !== undefined) throw outside('labels', wrongLabel, 'only 0 and 1')
  const values = isSparse(parts.features) ? parts.features.values : parts.features.data
  const wrongFeature = values.find((value) => !Number.isFinite(value))
  if (wrongFeature !== undefined) throw outside('features', wrongFeature, 'finite numbers')
  return view({ features: parts.features, labels, featureNames, labelNames })
}

function view(parts: {
  readonly features: Features
  readonly labels: SparseMatrix
  readonly featureNames: readonly string[]
  readonly labelNames: readonly string[]
}): MultilabelDataset {
  const { features, labels } = parts
  return {
    ...parts,
    size: labels.rows,
    batch: (rows) => ({ x: gatherRows(features, rows), y: gatherRows(labels, rows) }),
    subset: (rows) =>
      view({ ...parts, features: selectRows(features, rows), labels: selectRows(labels, rows) }),
  }
}

function numbered(count: number): string[] {
  return Array.from({ length: count }, (_, i) => String(i))
}

function mismatch(argument: string, got: string, expected: string): ShapeError {
  return new ShapeError({ function: 'multilabelDataset', argument, got, expected })
}

function outside(argument: string, value: number, expected: string): DomainError {
  return new DomainError({
    function: 'multilabelDataset',
    argument,
    got: `an array with the value ${value}`,
    expected,
  })
}
