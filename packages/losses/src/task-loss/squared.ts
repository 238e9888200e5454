import { squaredDifference, type Tensor } from '@deepstruct/tensor'
import { requireSame, rowSums } from '../reduction.ts'

/**
 * The squared distance as a task loss: the number of wrong labels on $\{0, 1\}$, and convex in between (Belanger and McCallum 2016,
 * section 4).
 *
 * $$
 * \sum_j (y_j - y^*_j)^2
 * $$
 *
 * @param yTrue - $y^*$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { squared } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(squared)(array([[1, 0, 1]]), array([[1, 1, 0.5]])) // 0 + 1 + 0.25
 * ```
 */
export function squared(yTrue: Tensor, y: Tensor): Tensor {
  requireSame('squared', 'y', y, yTrue.shape, 'yTrue')
  return rowSums(squaredDifference(y, yTrue))
}
