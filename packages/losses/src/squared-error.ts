import { squaredDifference, type Tensor } from '@deepstruct/tensor'
import { countedPart, type LossOptions, reduceElements, requireSame } from './reduction.ts'

/**
 * The squared error, summed over each row (the $L_2$ loss).
 *
 * $$
 * \sum_j (\hat y_j - y_j)^2
 * $$
 *
 * @param predictions - $\hat y$, `[batch, ...structure]`
 * @param targets - $y$, of the same shape
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { squaredError } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(squaredError)(array([[1, 3], [0, 0]]), array([[0, 1], [0, 0]]), {}) // (1 + 4 + 0) / 2
 * ```
 */
export function squaredError(
  predictions: Tensor,
  targets: Tensor,
  options: LossOptions = {},
): Tensor {
  requireSame('squaredError', 'targets', targets, predictions.shape, 'predictions')
  const counted = squaredDifference(
    countedPart('squaredError', predictions, options),
    countedPart('squaredError', targets, options),
  )
  return reduceElements('squaredError', counted, options)
}
