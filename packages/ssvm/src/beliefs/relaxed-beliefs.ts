import { box, type Minimizer, projectedGradient } from '@deepstruct/inference'
import { dot, matMul, mul, neg, sub, sum } from '@deepstruct/tensor'
import { add, type Tensor } from '@deepstruct/tensor'
import type { BeliefSolver } from './label-beliefs.ts'
import { meanFieldBeliefs } from './mean-field-beliefs.ts'
import { pairMatrix } from './pair-matrix.ts'

/** The score of relaxed labels, `[batch]`. */
export function relaxedScore(single: Tensor, matrix: Tensor | undefined, y: Tensor): Tensor {
  const own = sum(mul(single, y), 1)
  return matrix === undefined ? own : add(own, mul(dot(matMul(y, matrix), y), 0.5))
}

/**
 * Approximate beliefs of many labels on any graph: the best label set by a gradient-based minimizer on relaxed labels, the distribution by mean field.
 *
 * @param minimizer - default 50 steps of projected gradient of size 0.1 with momentum 0.9
 */
export function relaxedBeliefs(
  minimizer: Minimizer = projectedGradient({ steps: 50, stepSize: 0.1, momentum: 0.9 }),
): BeliefSolver {
  return (kind, scores) => {
    const { single, pairs, edges } = scores
    if (kind === 'distribution') return meanFieldBeliefs()(kind, scores)
    const [batch, labels] = single.shape as [number, number]
    const matrix = pairs && edges && pairMatrix(pairs, edges, labels)
    const domain = box([labels])
    const { y, energy } = minimizer({
      domain,
      start: domain.start(batch),
      energy: (relaxed) => neg(relaxedScore(single, matrix, relaxed)),
    })
    return { y, value: sub(0, energy) }
  }
}
