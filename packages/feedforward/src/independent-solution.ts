import type { TracedSolution } from '@deepstruct/inference'
import { fill, neg, sigmoid, softplus, sum, type Tensor } from '@deepstruct/tensor'

/**
 * What a model without structure predicts: each label by itself, $y = \sigma(s)$.
 *
 * This is the exact minimum over the box of the energy
 *
 * $$
 * E(x, y) = -\langle y, s \rangle - H(y), \qquad \min_y E(x, y) = -\sum_i \log(1 + e^{s_i})
 * $$
 *
 * with $H$ the entropy of independent coins, so it is a solution like that of any energy; no step is needed.
 *
 * @param logits - $s$, `[batch, ...structure]`
 */
export function independentSolution(logits: Tensor): TracedSolution {
  const batch = logits.shape.slice(0, 1)
  const axes = logits.shape.slice(1).map((_, i) => i + 1)
  return {
    y: sigmoid(logits),
    energy: neg(sum(softplus(logits), axes)),
    steps: fill(batch, 0, 'int32'),
    status: fill(batch, 0, 'int32'),
  }
}
