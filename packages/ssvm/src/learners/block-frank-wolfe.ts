import { relativeGap } from '../svm/svm-options.ts'
import type { StructuredLearner } from './structured-learner.ts'
import { allExamples, dotWeights } from './structured-problem.ts'

/**
 * Block-coordinate Frank–Wolfe (Lacoste-Julien et al. 2013, algorithm 4): each step moves the dual variables of one example towards its
 * worst violator, as far as lowers the dual objective the most. The default: it is fast, and has no step size.
 *
 * What is remembered of an example is what its mixture of violators lacks of each label and pair, from which its share of the weights
 * follows, so that memory is examples × (labels + pairs) whatever the number of features.
 *
 * During a pass the gaps of the blocks estimate that of the whole; where the estimate is small enough, one more search over all examples under
 * the final weights proves it.
 */
export const blockFrankWolfe: StructuredLearner = {
  name: 'frank-wolfe',
  start: ({ rows, labels, edges }) => ({
    lacks: {
      shape: [rows.size, labels + edges],
      dtype: 'float32',
      data: new Float32Array(rows.size * (labels + edges)),
    },
    costs: { shape: [rows.size], dtype: 'float32', data: new Float32Array(rows.size) },
  }),
  async pass(problem, weights, memory, order, tolerance) {
    const { rows, labels, edges, C } = problem
    const size = labels + edges
    const lacks = memory['lacks']!.data
    const costs = memory['costs']!.data
    const change = new Float64Array(size)
    let estimate = 0
    for (let step = 0; step < order.length; step++) {
      const example = order[step]!
      const corner = await problem.corner(weights, [example])
      let [ahead, squares, pairSquares] = [0, 0, 0]
      for (let m = 0; m < size; m++) {
        change[m] = C * corner.lacks[m]! - lacks[example * size + m]!
        if (m < labels) {
          squares += change[m]! ** 2
          ahead += change[m]! * corner.scores[m]!
        } else {
          pairSquares += change[m]! ** 2
          ahead += change[m]! * weights.pairs[m - labels]!
        }
      }
      const gain = C * corner.costs[0]! - costs[example]! - ahead
      estimate += Math.max(0, gain)
      const curvature = squares * rows.squares[example]! + pairSquares
      if (curvature === 0 && gain <= 0) continue
      const rate = Math.min(1, Math.max(0, curvature === 0 ? 1 : gain / curvature))
      if (rate === 0) continue
      for (let m = 0; m < size; m++) {
        const at = example * size + m
        // What is kept is a float32; the weights move by as much.
        const before = lacks[at]!
        lacks[at] = before + rate * change[m]!
        change[m] = lacks[at] - before
      }
      costs[example] = costs[example]! + rate * (C * corner.costs[0]! - costs[example]!)
      problem.add(weights, [example], change, 1)
    }
    const norm = dotWeights(weights, weights)
    let dual = -norm / 2
    for (const cost of costs) dual += cost
    const estimated = { objective: dual + estimate, dual, gap: relativeGap(dual + estimate, dual) }
    if (estimated.gap > 2 * tolerance) return { ...estimated, converged: false }
    const { hinges, excess } = await problem.corner(weights, allExamples(problem))
    const objective = norm / 2 + C * (hinges.reduce((sum, hinge) => sum + hinge, 0) + excess)
    const gap = relativeGap(objective, dual)
    return { objective, dual, gap, converged: gap <= tolerance }
  },
}
