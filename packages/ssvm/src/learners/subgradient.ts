import { relativeGap } from '../svm/svm-options.ts'
import type { StructuredLearner } from './structured-learner.ts'
import { allExamples, dotWeights } from './structured-problem.ts'

/**
 * The subgradient method over all examples (Ratliff, Bagnell and Zinkevich 2007) with steps $2 / (t + 2)$:
 *
 * $$
 * w \leftarrow w - \tfrac{2}{t + 2} \Bigl( w - C \sum_i a_i(\hat y_i) \Bigr)
 * $$
 *
 * With these steps the weights stay a mixture of violators, which makes it the Frank–Wolfe method on the dual (Bach 2015, section 3), so that a dual
 * bound comes for free. It is the slowest learner here, and the shortest.
 */
export const subgradient: StructuredLearner = {
  name: 'subgradient',
  start: () => ({
    progress: { shape: [2], dtype: 'float32', data: new Float32Array(2) },
  }),
  async pass(problem, weights, memory, _, tolerance) {
    const { C } = problem
    const everyone = allExamples(problem)
    // Steps so far, and the cost of the mixture.
    const progress = memory['progress']!.data
    const { lacks, costs, hinges, excess } = await problem.corner(weights, everyone)
    const norm = dotWeights(weights, weights)
    const objective = norm / 2 + C * (hinges.reduce((sum, hinge) => sum + hinge, 0) + excess)
    const dual = progress[1]! - norm / 2
    const gap = relativeGap(objective, dual)
    const converged = gap <= tolerance
    if (!converged) {
      const rate = 2 / (progress[0]! + 2)
      for (const part of [weights.single, weights.pairs])
        for (let i = 0; i < part.length; i++) part[i]! *= 1 - rate
      problem.add(weights, everyone, lacks, rate * C)
      const cost = C * costs.reduce((sum, value) => sum + value, 0)
      progress[1] = (1 - rate) * progress[1]! + rate * cost
      progress[0] = progress[0]! + 1
    }
    return { objective, dual, gap, converged }
  },
}
