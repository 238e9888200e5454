import type { TracedSolution } from '@deepstruct/inference'
import { fill, logSumExp, neg, softmax, sum, type Tensor } from '@deepstruct/tensor'

/**
 * What a model without structure predicts of positions with one of several classes: each position by itself, $y = \text{softmax}(s)$.
 *
 * This is the exact minimum over the simplices of the energy
 *
 * $$
 * E(x, y) = -\langle y, s \rangle - H(y), \qquad \min_y E(x, y) = -\sum_i \log \sum_k e^{s_{ik}}
 * $$
 *
 * with $H$ the entropy of the positions, so it is a solution like that of any energy; no step is needed.
 *
 * @param logits - $s$, `[batch, ...positions, classes]`
 */
export function categoricalSolution(logits: Tensor): TracedSolution {
  const batch = logits.shape.slice(0, 1)
  const positions = logits.shape.slice(1, -1).map((_, i) => i + 1)
  const last = logits.rank - 1
  return {
    y: softmax(logits),
    energy: neg(sum(logSumExp(logits, last), positions)),
    steps: fill(batch, 0, 'int32'),
    status: fill(batch, 0, 'int32'),
  }
}
