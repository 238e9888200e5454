import type { NDArray } from '@deepstruct/tensor'
import { checkPredictions } from './arguments.ts'
import { type EmptyValue, meanOver } from './overlap.ts'
import { labelF1 } from './per-label-f1.ts'

/**
 * Macro-averaged F1: the F1 of each label over the examples, then the mean, so that rare labels weigh as much as
 * frequent ones.
 *
 * $$
 * \frac{1}{L} \sum_{l=1}^{L} \frac{2 \sum_i y_{il} \hat y_{il}}{\sum_i y_{il} + \sum_i \hat y_{il}}
 * $$
 *
 * @param predicted - `[examples, labels]` in {0, 1}
 * @param labels - `[examples, labels]` in {0, 1}
 * @param options - the value of a label that is nowhere true and nowhere predicted
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { macroF1 } from '@deepstruct/metrics'
 *
 * macroF1(array([[1, 1], [0, 1]]), array([[1, 0], [0, 0]])) // (1 + 0) / 2
 * ```
 */
export function macroF1(
  predicted: NDArray,
  labels: NDArray,
  { emptyValue = 1 }: EmptyValue = {},
): number {
  const extents = checkPredictions('macroF1', predicted, labels)
  return meanOver(extents.width, (label) =>
    labelF1(predicted, labels, { ...extents, label, emptyValue }),
  )
}
