import { filled, ShapeError } from '@deepstruct/tensor'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { extentOf, type Features, isSparse } from './sparse.ts'

/** How inputs are standardized, as plain data, so that a model file can keep it. */
export type Standardizer =
  | {
      /** Inputs are left as they are. */
      readonly kind: 'identity'
    }
  | {
      /** Each column is shifted and scaled. */
      readonly kind: 'affine'
      /** What is taken from each column. */
      readonly mean: readonly number[]
      /** What each column is then divided by; never 0. */
      readonly scale: readonly number[]
    }

/**
 * Learns from training data how to standardize inputs:
 * $x'_j = (x_j - \mu_j) / \sigma_j$ with the mean and the (population) standard deviation of each column.
 *
 * A constant column has $\sigma_j = 1$. Sparse binary inputs are left as they are; other sparse inputs are divided but not shifted
 * ($\mu_j = 0$), so that they stay sparse.
 *
 * @param train - the training examples; dev, test and prediction inputs use the same statistics
 *
 * @example
 * ```ts
 * import { fitStandardizer, standardize, syntheticMultilabel } from '@deepstruct/datasets'
 *
 * const { train, test } = syntheticMultilabel({ seed: 0 })
 * const standardizer = fitStandardizer(train)
 * const [inputs, testInputs] = [standardize(train, standardizer), standardize(test, standardizer)]
 * ```
 */
export function fitStandardizer(train: MultilabelDataset): Standardizer {
  const { features } = train
  const [rows, columns] = extentOf(features)
  if (isSparse(features) && features.values.every((value) => value === 1))
    return { kind: 'identity' }
  const sum = new Float64Array(columns)
  const low = new Float64Array(columns).fill(Infinity)
  const high = new Float64Array(columns).fill(-Infinity)
  const filledCells = new Int32Array(columns)
  forEachCell(features, (column, value) => {
    sum[column] = (sum[column] as number) + value
    low[column] = Math.min(low[column] as number, value)
    high[column] = Math.max(high[column] as number, value)
    filledCells[column] = (filledCells[column] as number) + 1
  })
  const mean = sum.map((total) => total / rows)
  const squares = new Float64Array(columns)
  forEachCell(features, (column, value) => {
    squares[column] = (squares[column] as number) + (value - (mean[column] as number)) ** 2
  })
  const scale = Array.from(squares, (square, column) => {
    const zeros = rows - (filledCells[column] as number)
    const constant =
      filledCells[column] === 0 || (zeros === 0 && low[column] === high[column]) || rows === 0
    return constant ? 1 : Math.sqrt((square + zeros * (mean[column] as number) ** 2) / rows)
  })
  return { kind: 'affine', mean: isSparse(features) ? scale.map(() => 0) : [...mean], scale }
}

/**
 * Inputs `[examples, features]` standardized; sparse inputs stay sparse where nothing is taken from them.
 *
 * @throws `ShapeError` when the number of features is not the standardizer's
 */
export function standardizeFeatures(features: Features, standardizer: Standardizer): Features {
  if (standardizer.kind === 'identity') return features
  const { mean, scale } = standardizer
  const [rows, columns] = extentOf(features)
  if (columns !== mean.length)
    throw new ShapeError({
      function: 'standardizeFeatures',
      argument: 'features',
      got: `of ${columns} columns`,
      expected: `${mean.length}, as in the training data`,
    })
  if (isSparse(features) && mean.every((value) => value === 0))
    return {
      ...features,
      values: features.values.map(
        (value, entry) => value / (scale[features.indices[entry] as number] as number),
      ),
    }
  const standardized = filled([rows, columns], 0)
  const target = standardized.data
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      target[row * columns + column] = -(mean[column] as number) / (scale[column] as number)
  forEachCell(features, (column, value, row) => {
    target[row * columns + column] = (value - (mean[column] as number)) / (scale[column] as number)
  })
  return standardized
}

/**
 * A data set with standardized inputs.
 *
 * @throws `ShapeError` when the number of features is not the standardizer's
 */
export function standardize(
  dataset: MultilabelDataset,
  standardizer: Standardizer,
): MultilabelDataset {
  return multilabelDataset({
    ...dataset,
    features: standardizeFeatures(dataset.features, standardizer),
  })
}

/** Visits every cell of a dense matrix, or every entry of a sparse one. */
function forEachCell(
  features: Features,
  visit: (column: number, value: number, row: number) => void,
): void {
  const [rows, columns] = extentOf(features)
  for (let row = 0; row < rows; row++) {
    if (isSparse(features)) {
      const end = features.offsets[row + 1] as number
      for (let entry = features.offsets[row] as number; entry < end; entry++)
        visit(features.indices[entry] as number, features.values[entry] as number, row)
    } else {
      for (let column = 0; column < columns; column++)
        visit(column, features.data[row * columns + column] as number, row)
    }
  }
}
