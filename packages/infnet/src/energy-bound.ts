import { abs, lessEqual, type Tensor, where } from '@deepstruct/tensor'

/**
 * The losses of rows whose two energies lie within a bound of each other. A row beyond it has no loss but NaN, on which `fit` ends as
 * diverged with the last good state: an energy that runs away is stopped long before it overflows.
 *
 * @param rows - `[batch]`
 * @param gap - $E(y) - E(\hat y)$, `[batch]`
 * @param bound - the largest gap that counts as learning
 */
export function withinBound(rows: Tensor, gap: Tensor, bound: number): Tensor {
  return where(lessEqual(abs(gap), bound), rows, Number.NaN)
}
