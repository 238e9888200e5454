import type { Tensor } from '@deepstruct/tensor'

/** Scores of label sets, $\langle s, y \rangle + \sum_{(i, j)} p_{ij} y_i y_j$. */
export interface LabelScores {
  /** $s$, `[batch, labels]`. */
  readonly single: Tensor
  /** $p$, `[edges]`; left out when labels do not interact. */
  readonly pairs?: Tensor
  /** The labels of each pair, int32 `[edges, 2]`. */
  readonly edges?: Tensor
}

/** What is asked of scores: the best label set, or the distribution $p(y) \propto e^{\text{score}}$. */
export type BeliefKind = 'best' | 'distribution'

/** What is found. */
export interface LabelBeliefs {
  /** Above 0.5 where a label is present in the best label set; or its probability. `[batch, labels]` in $[0, 1]$. */
  readonly y: Tensor
  /** The best score; or $\log \sum_y e^{\text{score}(y)}$. `[batch]`. */
  readonly value: Tensor
}

/** Finds the best label set, or the distribution, of scores. Traceable; the value has a gradient. */
export type BeliefSolver = (kind: BeliefKind, scores: LabelScores) => LabelBeliefs
