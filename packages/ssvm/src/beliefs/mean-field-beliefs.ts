import { add, log, loop, matMul, mul, clip, sigmoid, sub, sum } from '@deepstruct/tensor'
import type { BeliefSolver } from './label-beliefs.ts'
import { pairMatrix } from './pair-matrix.ts'
import { relaxedScore } from './relaxed-score.ts'

/** How {@link meanFieldBeliefs} goes. */
export interface MeanFieldOptions {
  /** Rounds of updates; default 50. */
  readonly steps?: number
  /** The share of the last round that is kept, in $[0, 1)$, against oscillation; default 0.5. */
  readonly damping?: number
}

/**
 * The mean-field approximation of the distribution of label sets: labels become independent under the mean of their neighbors.
 *
 * $$
 * y_i \leftarrow \sigma\Bigl(s_i + \sum_j P_{ij} y_j\Bigr)
 * $$
 *
 * The value is the lower bound $\langle s, y \rangle + \tfrac12 y^\top P y + H(y) \le \log Z$ (Wainwright and Jordan 2008, section 5.3). It serves both kinds
 * of question; for the best label set it is a heuristic.
 */
export function meanFieldBeliefs({
  steps = 50,
  damping = 0.5,
}: MeanFieldOptions = {}): BeliefSolver {
  return (_, { single, pairs, edges }) => {
    const matrix = pairs && edges && pairMatrix(pairs, edges, single.shape[1]!)
    const { y } =
      matrix === undefined
        ? { y: sigmoid(single) }
        : loop(
            steps,
            (last) => ({
              y: add(
                mul(damping, last.y),
                mul(1 - damping, sigmoid(add(single, matMul(last.y, matrix)))),
              ),
            }),
            { y: sigmoid(single) },
          )
    const p = clip(y, 1e-7, 1 - 1e-7)
    const entropy = sum(add(mul(p, log(p)), mul(sub(1, p), log(sub(1, p)))), 1)
    return { y, value: sub(relaxedScore(single, matrix, y), entropy) }
  }
}
