import type { NDArray } from '@deepstruct/tensor'
import { checkMasks } from './arguments.ts'
import { type EmptyValue, iouOf, meanOver, overlap } from './overlap.ts'

/**
 * Mean intersection over union: the IoU of each image's foreground, then the mean over images.
 *
 * $$
 * \frac{1}{n} \sum_{i=1}^{n} \frac{|y_i \cap \hat y_i|}{|y_i \cup \hat y_i|}
 * $$
 *
 * @param predicted - `[examples, …]` in {0, 1}, for instance `[examples, height, width]`
 * @param masks - the same shape, in {0, 1}
 * @param options - what an image without foreground, truly and as predicted, counts as
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { meanIoU } from '@deepstruct/metrics'
 *
 * meanIoU(array([[1, 1, 0], [1, 0, 0]]), array([[0, 1, 1], [1, 0, 0]])) // (1/3 + 1) / 2
 * ```
 */
export function meanIoU(
  predicted: NDArray,
  masks: NDArray,
  { emptyValue = 1 }: EmptyValue = {},
): number {
  const { examples, width } = checkMasks('meanIoU', predicted, masks)
  return meanOver(examples, (row) =>
    iouOf(
      overlap(predicted.data, masks.data, { start: row * width, stride: 1, count: width }),
      emptyValue,
    ),
  )
}
