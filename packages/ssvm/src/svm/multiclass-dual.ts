import type { ExampleRows } from './example-rows.ts'
import { blockSolvers, type MulticlassLoss } from './multiclass-block.ts'
import type { DualProblem } from './solve-dual.ts'
import { relativeGap } from './svm-options.ts'

/** The dual problem of a multi-class machine, with its variables. */
export interface MulticlassDual extends DualProblem {
  /** The dual variables, `[examples, classes]`; each row sums to 0. */
  readonly alpha: Float64Array
  /** $w_m = \sum_i \alpha_{im} x_i$, `[classes, width]`, the bias last where there is one. */
  readonly weights: Float64Array
}

/**
 * Sequential dual descent (Keerthi et al. 2008): each step minimizes over all dual variables of one example. Both losses have the dual
 * objective $-\tfrac12 \lVert W \rVert^2 - \sum_i \sum_{m \ne y_i} \alpha_{im}$ and differ in the bounds of the variables.
 *
 * @param truths - the class of each example
 * @param alpha - where to go on from; default zeros
 */
export function multiclassDual(
  rows: ExampleRows,
  truths: Int32Array,
  {
    C,
    loss,
    classes,
  }: { readonly C: number; readonly loss: MulticlassLoss; readonly classes: number },
  alpha: Float64Array = new Float64Array(rows.size * classes),
): MulticlassDual {
  const { size, width, squares } = rows
  const weights = new Float64Array(classes * width)
  for (let i = 0; i < size; i++)
    for (let m = 0; m < classes; m++) {
      const a = alpha[i * classes + m]!
      if (a !== 0) rows.add(i, a, weights, m * width)
    }
  const solve = blockSolvers[loss]
  const scores = new Float64Array(classes)
  const block = new Float64Array(classes)

  return {
    alpha,
    weights,
    pass(random) {
      for (const i of random.permutation(size)) {
        const A = squares[i]!
        if (A === 0) continue
        const truth = truths[i]!
        const at = i * classes
        for (let m = 0; m < classes; m++)
          scores[m] = rows.dot(i, weights, m * width) + (m === truth ? 0 : 1) - A * alpha[at + m]!
        solve(A, scores, truth, C, block)
        for (let m = 0; m < classes; m++) {
          const change = block[m]! - alpha[at + m]!
          if (Math.abs(change) < 1e-15) continue
          rows.add(i, change, weights, m * width)
          alpha[at + m] = block[m]!
        }
      }
    },
    bounds() {
      let norm = 0
      for (const weight of weights) norm += weight * weight
      let [losses, gains] = [0, 0]
      for (let i = 0; i < size; i++) {
        const truth = truths[i]!
        const own = rows.dot(i, weights, truth * width)
        let [worst, total] = [0, 0]
        for (let m = 0; m < classes; m++) {
          if (m === truth) continue
          gains -= alpha[i * classes + m]!
          const violation = 1 + rows.dot(i, weights, m * width) - own
          worst = Math.max(worst, violation)
          total += Math.max(0, violation)
        }
        losses += loss === 'crammer-singer' ? worst : total
      }
      const [objective, dual] = [norm / 2 + C * losses, gains - norm / 2]
      return { objective, dual, gap: relativeGap(objective, dual) }
    },
  }
}
