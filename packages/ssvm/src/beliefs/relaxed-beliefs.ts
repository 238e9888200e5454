import { box, type Minimizer, projectedGradient } from '@deepstruct/inference'
import { neg } from '@deepstruct/tensor'
import type { BeliefSolver } from './label-beliefs.ts'
import { meanFieldBeliefs } from './mean-field-beliefs.ts'
import { pairMatrix } from './pair-matrix.ts'
import { relaxedScore } from './relaxed-score.ts'

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
    return { y, value: neg(energy) }
  }
}
