import { add, div, dot, matMul, reshape, type Tensor, transpose } from '@deepstruct/tensor'
import type { LabelEnergy } from './label-energy.ts'

/** The parameters of a {@link pairwiseEnergy}; a type and no interface, so that it counts as a tree. */
export type PairwiseParams = {
  /** $S_1$, `[labels, labels]`; only its symmetric part counts. */
  readonly pairs: Tensor
  /** $s$, `[labels, 1]`. */
  readonly single: Tensor
}

/**
 * The energy of a fully connected pairwise CRF:
 *
 * $$
 * E_\text{label}(y) = y^\top S_1 y + s^\top y
 * $$
 *
 * A negative entry of $S_1$ is an attraction of two labels, a positive one a repulsion. On the corners of the box the diagonal of
 * $S_1$ acts like $s$.
 */
export function pairwiseEnergy(options: {
  /** The number of labels. */
  readonly labels: number
}): LabelEnergy<PairwiseParams> {
  const { labels } = options
  return {
    init: (random) => ({
      pairs: random.normals([labels, labels], 0, 0.01),
      single: random.normals([labels, 1], 0, 0.01),
    }),
    energy({ pairs, single }, y) {
      const symmetric = div(add(pairs, transpose(pairs)), 2)
      return add(dot(matMul(y, symmetric), y), reshape(matMul(y, single), [-1]))
    },
  }
}
