import type { TracedSolution } from '@deepstruct/inference'
import {
  expandDims,
  fill,
  logSumExp,
  mul,
  neg,
  softmax,
  sum,
  type Tensor,
} from '@deepstruct/tensor'

/**
 * What a model without structure predicts of a sentence: the tag of each token by itself, $y_t = \text{softmax}(s_t)$, and 0 beyond its end.
 *
 * This is the exact minimum over the simplices of the energy
 *
 * $$
 * E(x, y) = \sum_{t \in \text{tokens}} -\langle y_t, s_t \rangle - H(y_t), \qquad \min_y E(x, y) = -\sum_t \log \sum_k e^{s_{tk}}
 * $$
 *
 * with $H$ the entropy, so it is a solution like that of any energy; no step is needed.
 *
 * @param logits - $s$, `[batch, length, tags]`
 * @param mask - 1 for the tokens and 0 beyond the end of a sentence, `[batch, length]`
 */
export function tagSolution(logits: Tensor, mask: Tensor): TracedSolution {
  const batch = logits.shape.slice(0, 1)
  return {
    y: mul(softmax(logits), expandDims(mask, -1)),
    energy: neg(sum(mul(logSumExp(logits, 2), mask), 1)),
    steps: fill(batch, 0, 'int32'),
    status: fill(batch, 0, 'int32'),
  }
}
