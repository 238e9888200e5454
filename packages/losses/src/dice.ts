import { add, div, mul, sub, type Tensor } from '@deepstruct/tensor'
import {
  countedPart,
  type LossOptions,
  reduceRows,
  requireSame,
  rowOptions,
  rowSums,
} from './reduction.ts'

/** The options of {@link dice}. */
export interface DiceOptions extends LossOptions {
  /** $\epsilon$, which makes the loss of two empty rows 0 and keeps the gradient finite; default 1. */
  readonly smoothing?: number
}

/**
 * The Dice loss of soft masks (Milletari et al. 2016, section 3, with the plain sums of probabilities below).
 *
 * $$
 * 1 - \frac{2 \sum_j p_j y_j + \epsilon}{\sum_j p_j + \sum_j y_j + \epsilon}
 * $$
 *
 * @param probabilities - $p$ in $[0, 1]$, `[batch, ...structure]`
 * @param labels - $y$ in $[0, 1]$, of the same shape
 * @param options - reduction, mask of rows or elements, smoothing
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 *
 * @example
 * ```ts
 * import { dice } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(dice)(array([[1, 0, 1]]), array([[1, 1, 0]]), {}) // 1 - (2 + 1) / (4 + 1) = 0.4
 * ```
 */
export function dice(probabilities: Tensor, labels: Tensor, options: DiceOptions = {}): Tensor {
  requireSame('dice', 'labels', labels, probabilities.shape, 'probabilities')
  const { smoothing = 1 } = options
  const p = countedPart('dice', probabilities, options)
  const y = countedPart('dice', labels, options)
  const above = add(mul(2, rowSums(mul(p, y))), smoothing)
  const below = add(rowSums(add(p, y)), smoothing)
  return reduceRows('dice', sub(1, div(above, below)), rowOptions(options))
}
