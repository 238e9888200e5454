import { smallestProbability } from '@deepstruct/losses'
import {
  add,
  clip,
  log,
  mul,
  neg,
  reshape,
  sizeOf,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'

/**
 * The cross-entropy of outputs against a truth, summed over each row; probabilities are clipped as in `binaryCrossEntropy`.
 *
 * Unlike that it looks at no value: outputs which are no numbers are a divergence of training, no mistake of the caller, and give a loss that
 * is no number, on which training ends.
 *
 * @param y - `[batch, ...structure]` in $[0, 1]$
 * @param truth - of the same shape
 * @returns `[batch]`
 */
export function rowCrossEntropy(y: Tensor, truth: Tensor): Tensor {
  const p = clip(y, smallestProbability, 1 - smallestProbability)
  const bits = neg(add(mul(truth, log(p)), mul(sub(1, truth), log(sub(1, p)))))
  const [batch = 1, ...structure] = y.shape
  return sum(reshape(bits, [batch, sizeOf(structure)]), 1)
}

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
