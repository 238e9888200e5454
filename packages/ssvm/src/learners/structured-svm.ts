import { type NDArray, random } from '@deepstruct/tensor'
import type { Optimum } from '../svm/svm-options.ts'
import { blockFrankWolfe } from './block-frank-wolfe.ts'
import type { PassReport, StructuredLearner } from './structured-learner.ts'
import { structuredProblem, type StructuredExamples, zeroWeights } from './structured-problem.ts'

/** The options of {@link structuredSvm}. */
export interface StructuredSvmOptions extends Partial<Pick<StructuredExamples, 'C'>> {
  /** How it is solved; default {@link blockFrankWolfe}. */
  readonly learner?: StructuredLearner
  /** Stop when the duality gap is at most this share of the objective; default 1e-3. */
  readonly tolerance?: number
  /** The most passes over the examples; default 1000. */
  readonly maxIterations?: number
  /** Decides the order of the examples; default 0. */
  readonly seed?: number
  /** Called after each pass. */
  readonly onPass?: (report: PassReport) => void
}

/** A structured machine of label sets. */
export interface StructuredSvm extends Optimum {
  /** $w$, `[labels, features]`. */
  readonly weights: NDArray
  /** $b$, `[labels]`. */
  readonly bias: NDArray
  /** $p$, `[edges]`. */
  readonly pairs: NDArray
}

/**
 * The linear structured support vector machine of label sets (Tsochantaridis et al. 2005; Finley and Joachims 2008).
 *
 * $$
 * \min_w \tfrac12 \lVert w \rVert^2 + C \sum_i \max_y \bigl[ \Delta(y_i, y) - \langle w, \phi(x_i, y_i) - \phi(x_i, y) \rangle \bigr]
 * $$
 *
 * with $\langle w, \phi(x, y) \rangle = \sum_j y_j (\langle w_j, x \rangle + b_j) + \sum_{(i, j)} p_{ij} y_i y_j$, and slack rescaling where the
 * inference says so. The biases are regularized like any weight.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when rows do not match
 * @throws {@link @deepstruct/tensor!DomainError} for a label outside {0, 1}, a $C$ that is not positive, and what the inference refuses
 *
 * @example
 * ```ts
 * import { maxProduct } from '@deepstruct/inference'
 * import { chowLiuTree, inferredViolators, structuredSvm } from '@deepstruct/ssvm'
 * import { array } from '@deepstruct/tensor'
 *
 * const labels = array([[1, 1, 0], [0, 0, 1], [1, 1, 1], [0, 0, 0]])
 * const { gap, pairs } = await structuredSvm({
 *   features: array([[1, 0], [-1, 1], [1, 1], [-1, 0]]),
 *   labels,
 *   edges: chowLiuTree(labels),
 *   inference: inferredViolators(maxProduct),
 * })
 * ```
 */
export async function structuredSvm(
  examples: Omit<StructuredExamples, 'C'>,
  options: StructuredSvmOptions = {},
): Promise<StructuredSvm> {
  const { C = 1, learner = blockFrankWolfe, tolerance = 1e-3, maxIterations = 1000 } = options
  const problem = structuredProblem('structuredSvm', { ...examples, C })
  const weights = zeroWeights(problem)
  const memory = learner.start(problem)
  const source = random(options.seed ?? 0)
  for (let iterations = 1; ; iterations++) {
    const order = source.permutation(problem.rows.size)
    const report = await learner.pass(problem, weights, memory, order, tolerance)
    options.onPass?.(report)
    if (!report.converged && iterations < maxIterations) continue
    const { labels, rows } = problem
    const { features, width } = rows
    const single = (j: number, i: number): number => weights.single[j * width + i]!
    const { objective, dual, gap, converged } = report
    return {
      objective,
      dual,
      gap,
      converged,
      iterations,
      weights: {
        shape: [labels, features],
        dtype: 'float32',
        data: Float32Array.from({ length: labels * features }, (_, at) =>
          single(Math.floor(at / features), at % features),
        ),
      },
      bias: {
        shape: [labels],
        dtype: 'float32',
        data: Float32Array.from({ length: labels }, (_, j) => single(j, features)),
      },
      pairs: {
        shape: [problem.edges],
        dtype: 'float32',
        data: Float32Array.from(weights.pairs),
      },
    }
  }
}
