import type { Tensor } from '@deepstruct/tensor'
import { rowCrossEntropy } from './row-cross-entropy.ts'

/**
 * The entropy of outputs as independent coins, summed over each row:
 *
 * $$
 * -\sum_j y_j \log y_j + (1 - y_j) \log (1 - y_j)
 * $$
 *
 * It is 0 at the corners of the box and largest in its center.
 *
 * @param y - `[batch, ...structure]` in $[0, 1]$
 * @returns `[batch]`, in nats
 *
 * @example
 * ```ts
 * import { binaryEntropy } from '@deepstruct/infnet'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(binaryEntropy)(array([[0.5, 1]])) // log(2) = 0.69
 * ```
 */
export function binaryEntropy(y: Tensor): Tensor {
  return rowCrossEntropy(y, y)
}
