import type { NDArray } from '@deepstruct/tensor'
import { checkMasks } from './arguments.ts'
import { countWrong } from './count-wrong.ts'

/**
 * Pixel accuracy: the share of pixels, foreground and background, that are right.
 *
 * @param predicted - `[examples, …]` in {0, 1}, for instance `[examples, height, width]`
 * @param masks - the same shape, in {0, 1}
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { pixelAccuracy } from '@deepstruct/metrics'
 *
 * pixelAccuracy(array([[1, 1, 0, 0]]), array([[0, 1, 0, 0]])) // 3 of 4 = 0.75
 * ```
 */
export function pixelAccuracy(predicted: NDArray, masks: NDArray): number {
  const { examples, width } = checkMasks('pixelAccuracy', predicted, masks)
  const pixels = examples * width
  return 1 - countWrong(predicted.data, masks.data, 0, pixels) / pixels
}
