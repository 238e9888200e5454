import { div, squaredDifference, type Tensor } from '@deepstruct/tensor'
import { requireSame, rowSums } from '../reduction.ts'

/**
 * The Hamming loss of structures that have one of several tags at each position, as distributions: the number of wrong tags on corners of the
 * simplices, since a wrong one differs from the right one in two places, and convex in between.
 *
 * $$
 * \frac{1}{2} \sum_{t, k} (y_{tk} - y^*_{tk})^2
 * $$
 *
 * @param yTrue - $y^*$, one-hot, `[batch, ...positions, tags]`
 * @param y - of the same shape
 * @returns `[batch]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { wrongTags } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * // The first of two tags is right.
 * await jit(wrongTags)(array([[[1, 0], [1, 0]]]), array([[[1, 0], [0, 1]]])) // 1
 * ```
 */
export function wrongTags(yTrue: Tensor, y: Tensor): Tensor {
  requireSame('wrongTags', 'y', y, yTrue.shape, 'yTrue')
  return div(rowSums(squaredDifference(y, yTrue)), 2)
}
