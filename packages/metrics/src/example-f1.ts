import type { NDArray } from '@deepstruct/tensor'
import { checkPredictions } from './arguments.ts'
import { type EmptyValue, f1Of, meanOver, overlap } from './overlap.ts'

/**
 * Example-averaged F1: the F1 of each example's label set, then the mean. The measure that papers on multi-label
 * prediction report most.
 *
 * $$
 * \frac{1}{n} \sum_{i=1}^{n} \frac{2\,|y_i \cap \hat y_i|}{|y_i| + |\hat y_i|}
 * $$
 *
 * @param predicted - `[examples, labels]` in {0, 1}
 * @param labels - `[examples, labels]` in {0, 1}
 * @param options - what an example without labels and without predictions counts as
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { exampleF1 } from '@deepstruct/metrics'
 *
 * exampleF1(array([[1, 1, 0], [0, 0, 0]]), array([[1, 0, 0], [0, 0, 0]])) // (2/3 + 1) / 2
 * ```
 */
export function exampleF1(
  predicted: NDArray,
  labels: NDArray,
  { emptyValue = 1 }: EmptyValue = {},
): number {
  const { examples, width } = checkPredictions('exampleF1', predicted, labels)
  return meanOver(examples, (row) =>
    f1Of(
      overlap(predicted.data, labels.data, { start: row * width, stride: 1, count: width }),
      emptyValue,
    ),
  )
}
