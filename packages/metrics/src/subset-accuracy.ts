import type { NDArray } from '@deepstruct/tensor'
import { checkPredictions } from './arguments.ts'
import { countWrong } from './count-wrong.ts'
import { meanOver } from './overlap.ts'

/**
 * Subset accuracy: the share of examples whose whole label set is right.
 *
 * $$
 * \frac{1}{n} \sum_{i=1}^{n} [\hat y_i = y_i]
 * $$
 *
 * @param predicted - `[examples, labels]` in {0, 1}
 * @param labels - `[examples, labels]` in {0, 1}
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { subsetAccuracy } from '@deepstruct/metrics'
 *
 * subsetAccuracy(array([[1, 1], [0, 0]]), array([[1, 0], [0, 0]])) // 1 of 2 = 0.5
 * ```
 */
export function subsetAccuracy(predicted: NDArray, labels: NDArray): number {
  const { examples, width } = checkPredictions('subsetAccuracy', predicted, labels)
  return meanOver(examples, (row) =>
    Number(countWrong(predicted.data, labels.data, row * width, (row + 1) * width) === 0),
  )
}
