import type { NDArray } from '@deepstruct/tensor'
import { checkPredictions } from './arguments.ts'
import { countWrong } from './count-wrong.ts'

/**
 * Hamming loss: the share of cells that are wrong. Also called Hamming error.
 *
 * $$
 * \frac{1}{nL} \sum_{i,l} [\hat y_{il} \ne y_{il}]
 * $$
 *
 * @param predicted - `[examples, labels]` in {0, 1}
 * @param labels - `[examples, labels]` in {0, 1}
 * @returns a fraction in [0, 1], lower is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { hammingLoss } from '@deepstruct/metrics'
 *
 * hammingLoss(array([[1, 1], [0, 0]]), array([[1, 0], [0, 0]])) // 1 of 4 = 0.25
 * ```
 */
export function hammingLoss(predicted: NDArray, labels: NDArray): number {
  const { examples, width } = checkPredictions('hammingLoss', predicted, labels)
  const cells = examples * width
  return countWrong(predicted.data, labels.data, 0, cells) / cells
}
