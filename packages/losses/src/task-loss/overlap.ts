import { add, div, equal, minimum, mul, sub, type Tensor, where } from '@deepstruct/tensor'
import { requireSame, rowSums } from '../reduction.ts'

/**
 * One minus the F1 of each row, on relaxed outputs as deep value networks measure it (Gygli et al. 2017, section 3.1): with
 * $I = \sum \min(y^*, y)$ and $U = \sum \max(y^*, y)$,
 *
 * $$
 * 1 - \frac{2 I}{I + U}
 * $$
 *
 * Two empty rows cost 0. With $y^* \in \{0, 1\}$ minima are products $y^* y$, whose derivative it takes where $y = y^*$, so that a
 * gradient step away from the true output raises the cost.
 *
 * @param yTrue - $y^*$ in $[0, 1]$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`, in $[0, 1]$
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { oneMinusF1 } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(oneMinusF1)(array([[1, 0, 1]]), array([[1, 1, 0]])) // 1 - 2 / (2 + 2) = 0.5
 * ```
 */
export function oneMinusF1(yTrue: Tensor, y: Tensor): Tensor {
  const { intersection, total } = overlap('oneMinusF1', yTrue, y)
  return sub(1, ratio(mul(2, intersection), total))
}

/**
 * One minus the intersection over union of each row, on relaxed outputs with sums of minima and maxima (Gygli et al. 2017,
 * section 3.1):
 *
 * $$
 * 1 - \frac{\sum_j \min(y^*_j, y_j)}{\sum_j \max(y^*_j, y_j)}
 * $$
 *
 * Two empty rows cost 0. With $y^* \in \{0, 1\}$ minima are products $y^* y$, whose derivative it takes where $y = y^*$, so that a
 * gradient step away from the true output raises the cost.
 *
 * @param yTrue - $y^*$ in $[0, 1]$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`, in $[0, 1]$
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { oneMinusIoU } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(oneMinusIoU)(array([[1, 0, 1]]), array([[1, 1, 0]])) // 1 - 1 / 3
 * ```
 */
export function oneMinusIoU(yTrue: Tensor, y: Tensor): Tensor {
  const { intersection, total } = overlap('oneMinusIoU', yTrue, y)
  return sub(1, ratio(intersection, sub(total, intersection)))
}

/** $I = \sum \min$, and $I + U$: a minimum and a maximum add up to the two numbers. */
function overlap(name: string, yTrue: Tensor, y: Tensor): { intersection: Tensor; total: Tensor } {
  requireSame(name, 'y', y, yTrue.shape, 'yTrue')
  return { intersection: rowSums(lesser(yTrue, y)), total: rowSums(add(yTrue, y)) }
}

/**
 * The minimum. At a tie its derivative in y is that of the product: at 0 and 1, where a true output lies, this is the slope toward the
 * inside of the box, whereas either side of the kink alone would say that leaving the true output costs nothing, or pays.
 */
function lesser(yTrue: Tensor, y: Tensor): Tensor {
  const tie = add(yTrue, mul(yTrue, sub(y, yTrue)))
  return where(equal(yTrue, y), tie, minimum(yTrue, y))
}

/** A ratio that is 1 where nothing is divided by nothing; the inner choice keeps its gradient finite there. */
function ratio(above: Tensor, below: Tensor): Tensor {
  const nothing = equal(below, 0)
  return where(nothing, 1, div(above, where(nothing, 1, below)))
}
