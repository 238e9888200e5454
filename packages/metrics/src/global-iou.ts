import type { NDArray } from '@deepstruct/tensor'
import { checkMasks } from './arguments.ts'
import { type EmptyValue, iouOf, overlap } from './overlap.ts'

/**
 * Global intersection over union: intersections and unions are summed over all images before they are divided, so
 * that large objects weigh most.
 *
 * $$
 * \frac{\sum_i |y_i \cap \hat y_i|}{\sum_i |y_i \cup \hat y_i|}
 * $$
 *
 * @param predicted - `[examples, …]` in {0, 1}, for instance `[examples, height, width]`
 * @param masks - the same shape, in {0, 1}
 * @param options - the value where no image has foreground, truly or as predicted
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { globalIoU } from '@deepstruct/metrics'
 *
 * globalIoU(array([[1, 1, 0], [1, 0, 0]]), array([[0, 1, 1], [1, 0, 0]])) // (1 + 1) / (3 + 1) = 0.5
 * ```
 */
export function globalIoU(
  predicted: NDArray,
  masks: NDArray,
  { emptyValue = 1 }: EmptyValue = {},
): number {
  const { examples, width } = checkMasks('globalIoU', predicted, masks)
  const all = { start: 0, stride: 1, count: examples * width }
  return iouOf(overlap(predicted.data, masks.data, all), emptyValue)
}
