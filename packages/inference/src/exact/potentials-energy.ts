import {
  add,
  cast,
  expandDims,
  gather,
  matMul,
  mul,
  reshape,
  slice,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import type { Potentials } from './potentials.ts'

/**
 * The energy of relaxed states under {@link Potentials}, which is the energy itself at indicators:
 *
 * $$
 * E(y) = \sum_i \langle u_i, y_i \rangle + \sum_{(i, j)} y_i^\top P_{ij}\, y_j
 * $$
 *
 * @param potentials - finite
 * @param y - `[batch, variables, states]`, a point of the simplex at each variable
 * @returns `[batch]`, lower is better; differentiable in both
 */
export function potentialsEnergy(potentials: Potentials, y: Tensor): Tensor {
  const { unary, edges, pairwise, mask } = potentials
  const kept = mask === undefined ? y : mul(y, expandDims(cast(mask, 'float32'), -1))
  const single = sum(mul(unary, kept), [1, 2])
  const count = edges.shape[0]
  if (count === 0) return single
  const end = (side: number): Tensor =>
    gather(kept, reshape(slice(edges, [0, side], [count, 1]), [count]), 1)
  const states = y.shape[2]!
  const shared = pairwise.rank === 3 && pairwise.shape[0] === 1
  // One table for all edges is one product of matrices.
  const messages = shared
    ? matMul(end(0), reshape(pairwise, [states, states]))
    : matMul(expandDims(end(0), 2), pairwise)
  return add(single, sum(mul(reshape(messages, [-1, count, states]), end(1)), [1, 2]))
}
