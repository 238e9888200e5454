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
