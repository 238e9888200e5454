import { box, type EnergyNetwork } from '@deepstruct/inference'
import {
  array,
  constant,
  type Host,
  mul,
  neg,
  type Random,
  reshape,
  stack,
  type Tensor,
  zeros,
  zerosLike,
} from '@deepstruct/tensor'
import type { LabelScores } from '../beliefs/label-beliefs.ts'
import { pairMatrix } from '../beliefs/pair-matrix.ts'
import { relaxedScore } from '../beliefs/relaxed-score.ts'

/** The pairs of labels that interact, as parameters; absent when none do. A type and no interface, so that it counts as a tree. */
export type LabelPairs = {
  /** $p$, `[edges]`. */
  readonly pairs?: Tensor
  /** int32 `[edges, 2]`. */
  readonly edges?: Tensor
}

/** What a {@link labelPairEnergy} is made of. */
export interface LabelPairEnergyOptions<P> {
  /** The number of labels. */
  readonly labels: number
  /** Fresh parameters. */
  init(random: Random): Host<P>
  /** The score of each label by itself, `[batch, labels]`. */
  single(params: P, x: Tensor): Tensor
}

/**
 * The energy of a pairwise model of label sets, on relaxed labels too:
 *
 * $$
 * E(x, y) = -\langle s(x), y \rangle - \sum_{(i, j)} p_{ij}\, y_i y_j
 * $$
 *
 * It is the energy of the linear structured SVM and of the pairwise CRF. Every minimizer serves it, and its potentials serve the exact inferencers, where a label is
 * a variable with the states absent and present.
 */
export function labelPairEnergy<P extends LabelPairs>(
  options: LabelPairEnergyOptions<P>,
): EnergyNetwork<P, Tensor, LabelScores> {
  const { labels, init, single } = options
  return {
    init,
    encode: (params, x) => labelScores(params, single(params, x)),
    energy: (_, { single: scores, pairs, edges }, y) =>
      neg(relaxedScore(scores, pairs && edges && pairMatrix(pairs, edges, labels), y)),
    domain: () => box([labels]),
    potentials: (_, { single: scores, pairs = zeros([0]), edges = zeros([0, 2], 'int32') }) => ({
      unary: neg(stack([zerosLike(scores), scores], 2)),
      edges,
      // Only two labels that are both present have an energy.
      pairwise: mul(
        reshape(neg(pairs), [-1, 1, 1]),
        constant(
          array([
            [0, 0],
            [0, 1],
          ]),
        ),
      ),
    }),
  }
}

/** Scores of labels with the pairs of the parameters. */
export function labelScores({ pairs, edges }: LabelPairs, single: Tensor): LabelScores {
  return { single, ...(pairs && { pairs }), ...(edges && { edges }) }
}
