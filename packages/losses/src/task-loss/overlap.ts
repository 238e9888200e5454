import { add, div, equal, maximum, minimum, mul, sub, type Tensor, where } from '@deepstruct/tensor'
import { requireSame, rowSums } from '../reduction.ts'

/**
 * One minus the F1 of each row, on relaxed outputs as deep value networks measure it (Gygli et al. 2017, section 3.1): with
 * $I = \sum \min(y^*, y)$ and $U = \sum \max(y^*, y)$,
 *
 * $$
 * 1 - \frac{2 I}{I + U}
 * $$
 *
 * Two empty rows cost 0.
 *
 * @param yTrue - $y^*$ in $[0, 1]$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`, in $[0, 1]$
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 */
export function oneMinusF1(yTrue: Tensor, y: Tensor): Tensor {
  const { intersection, union } = overlap('oneMinusF1', yTrue, y)
  return sub(1, ratio(mul(2, intersection), add(intersection, union)))
}

/**
 * One minus the intersection over union of each row, on relaxed outputs with sums of minima and maxima (Gygli et al. 2017,
 * section 3.1):
 *
 * $$
 * 1 - \frac{\sum_j \min(y^*_j, y_j)}{\sum_j \max(y^*_j, y_j)}
 * $$
 *
 * Two empty rows cost 0.
 *
 * @param yTrue - $y^*$ in $[0, 1]$, `[batch, ...structure]`
 * @param y - of the same shape
 * @returns `[batch]`, in $[0, 1]$
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 */
export function oneMinusIoU(yTrue: Tensor, y: Tensor): Tensor {
  const { intersection, union } = overlap('oneMinusIoU', yTrue, y)
  return sub(1, ratio(intersection, union))
}

function overlap(name: string, yTrue: Tensor, y: Tensor): { intersection: Tensor; union: Tensor } {
  requireSame(name, 'y', y, yTrue.shape, 'yTrue')
  return { intersection: rowSums(minimum(yTrue, y)), union: rowSums(maximum(yTrue, y)) }
}

/** A ratio that is 1 where nothing is divided by nothing; the inner choice keeps its gradient finite there. */
function ratio(above: Tensor, below: Tensor): Tensor {
  const nothing = equal(below, 0)
  return where(nothing, 1, div(above, where(nothing, 1, below)))
}
