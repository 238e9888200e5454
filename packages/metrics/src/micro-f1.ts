import type { NDArray } from '@deepstruct/tensor'
import { checkPredictions } from './arguments.ts'
import { type EmptyValue, f1Of, overlap } from './overlap.ts'

/**
 * Micro-averaged F1: all cells of the matrix as one set, so that frequent labels weigh most.
 *
 * $$
 * \frac{2 \sum_{i,l} y_{il} \hat y_{il}}{\sum_{i,l} y_{il} + \sum_{i,l} \hat y_{il}}
 * $$
 *
 * @param predicted - `[examples, labels]` in {0, 1}
 * @param labels - `[examples, labels]` in {0, 1}
 * @param options - the value where nothing is predicted and nothing true
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { microF1 } from '@deepstruct/metrics'
 *
 * microF1(array([[1, 1], [0, 0]]), array([[1, 0], [1, 0]])) // 2 / (2 + 2) = 0.5
 * ```
 */
export function microF1(
  predicted: NDArray,
  labels: NDArray,
  { emptyValue = 1 }: EmptyValue = {},
): number {
  const { examples, width } = checkPredictions('microF1', predicted, labels)
  const all = { start: 0, stride: 1, count: examples * width }
  return f1Of(overlap(predicted.data, labels.data, all), emptyValue)
}
