import { type Features, isSparse, toSparse } from '@deepstruct/datasets'
import { DomainError } from '@deepstruct/tensor'

/** Examples as sparse rows, each with a constant as its last feature where there is a bias. */
export interface ExampleRows {
  /** The number of examples. */
  readonly size: number
  /** The number of features without the constant. */
  readonly features: number
  /** The weights of one score: the features, and the bias where there is one. */
  readonly width: number
  /** $\lVert x_i \rVert^2$ of each example, the constant included. */
  readonly squares: Float64Array
  /** $\langle w, x_i \rangle$, with the weights of one score at `from`. */
  dot(row: number, weights: Float64Array, from?: number): number
  /** $w \leftarrow w + a x_i$. */
  add(row: number, scale: number, weights: Float64Array, from?: number): void
}

/**
 * Features as the solvers walk over them.
 *
 * @param biasScale - the constant feature; 0 for none. The bias is regularized like any weight, as LIBLINEAR does.
 * @throws {@link @deepstruct/tensor!DomainError} when there is no example
 */
export function exampleRows(name: string, features: Features, biasScale: number): ExampleRows {
  const {
    rows: size,
    columns,
    offsets,
    indices,
    values,
  } = isSparse(features) ? features : toSparse(features)
  if (size === 0)
    throw new DomainError({
      function: name,
      argument: 'features',
      got: 'without rows',
      expected: 'at least one example',
    })
  const squares = new Float64Array(size).fill(biasScale ** 2)
  for (let row = 0; row < size; row++)
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++)
      squares[row]! += values[entry]! ** 2
  return {
    size,
    features: columns,
    width: biasScale === 0 ? columns : columns + 1,
    squares,
    dot(row, weights, from = 0) {
      let total = biasScale === 0 ? 0 : biasScale * weights[from + columns]!
      for (let entry = offsets[row]!, end = offsets[row + 1]!; entry < end; entry++)
        total += values[entry]! * weights[from + indices[entry]!]!
      return total
    },
    add(row, scale, weights, from = 0) {
      for (let entry = offsets[row]!, end = offsets[row + 1]!; entry < end; entry++)
        weights[from + indices[entry]!]! += scale * values[entry]!
      if (biasScale !== 0) weights[from + columns]! += scale * biasScale
    },
  }
}
