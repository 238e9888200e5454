import type { Features } from '@deepstruct/datasets'
import { DomainError, ShapeError } from '@deepstruct/tensor'
import { binaryDual, type BinaryLoss } from './binary-dual.ts'
import { type ExampleRows, exampleRows } from './example-rows.ts'
import { solveDual } from './solve-dual.ts'
import { checkC, type Optimum, type SvmOptions } from './svm-options.ts'

/** The options of {@link binarySvm}. */
export interface BinarySvmOptions extends SvmOptions {
  /** What a violated margin costs; default `hinge`. */
  readonly loss?: BinaryLoss
}

/** A binary machine. Its score is $\langle w, x \rangle + b$; positive predicts the label. */
export interface BinarySvm extends Optimum {
  /** $w$, one weight a feature. */
  readonly weights: Float64Array
  /** $b$. */
  readonly bias: number
}

/**
 * The linear support vector machine of two classes, solved in its dual (Hsieh et al. 2008).
 *
 * $$
 * \min_{w, b} \; \tfrac12 \lVert w \rVert^2 + \tfrac12 b^2 + C \sum_i [1 - t_i (\langle w, x_i \rangle + b)]_+^p,
 * \qquad p \in \{1, 2\}
 * $$
 *
 * @param features - `[examples, features]`, dense or sparse
 * @param labels - one for each example: $+1$, or $-1$ (0 stands for $-1$)
 * @throws {@link @deepstruct/tensor!ShapeError} when there is not one label for each example
 * @throws {@link @deepstruct/tensor!DomainError} for a label outside {−1, 0, 1}, labels of one kind only, or a $C$ that is not positive
 *
 * @example
 * ```ts
 * import { binarySvm } from '@deepstruct/ssvm'
 * import { array } from '@deepstruct/tensor'
 *
 * const { weights, gap } = binarySvm(array([[2], [1], [-1], [-3]]), [1, 1, -1, -1], { C: 10 })
 * ```
 */
export function binarySvm(
  features: Features,
  labels: ArrayLike<number>,
  options: BinarySvmOptions = {},
): BinarySvm {
  const { biasScale = 1 } = options
  const rows = exampleRows('binarySvm', features, biasScale)
  return binarySvmOfRows(rows, binaryTargets('binarySvm', labels, rows.size), options)
}

/** As {@link binarySvm}, over rows that several machines share. */
function binarySvmOfRows(
  rows: ExampleRows,
  targets: Int8Array,
  options: BinarySvmOptions,
): BinarySvm {
  const { C = 1, loss = 'hinge', biasScale = 1 } = options
  checkC('binarySvm', C)
  const problem = binaryDual(rows, targets, { C, loss })
  const optimum = solveDual(problem, options)
  return {
    ...optimum,
    weights: problem.weights.slice(0, rows.features),
    bias: biasScale === 0 ? 0 : biasScale * problem.weights[rows.features]!,
  }
}

/** Labels as $-1$ and $+1$, checked. */
function binaryTargets(name: string, labels: ArrayLike<number>, examples: number): Int8Array {
  if (labels.length !== examples)
    throw new ShapeError({
      function: name,
      argument: 'labels',
      got: `of length ${labels.length}`,
      expected: `${examples}, one for each row of features`,
    })
  const targets = new Int8Array(examples)
  for (let i = 0; i < examples; i++) {
    const label = labels[i]!
    if (label !== 1 && label !== 0 && label !== -1)
      throw new DomainError({
        function: name,
        argument: `labels[${i}]`,
        got: String(label),
        expected: '-1 or +1, or 0 for -1',
      })
    targets[i] = label === 1 ? 1 : -1
  }
  if (targets.every((target) => target === targets[0]))
    throw new DomainError({
      function: name,
      argument: 'labels',
      got: `${targets[0]} for every example`,
      expected: 'examples of both classes',
      why: 'a class without an example cannot be learned',
    })
  return targets
}
