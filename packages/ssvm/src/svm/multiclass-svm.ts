import type { Features } from '@deepstruct/datasets'
import { DomainError, ShapeError } from '@deepstruct/tensor'
import { exampleRows } from './example-rows.ts'
import type { MulticlassLoss } from './multiclass-block.ts'
import { multiclassDual } from './multiclass-dual.ts'
import { solveDual } from './solve-dual.ts'
import { checkC, type Optimum, type SvmOptions } from './svm-options.ts'

/** The options of {@link multiclassSvm}. */
export interface MulticlassSvmOptions extends SvmOptions {
  /** Which hinge; default `crammer-singer`. */
  readonly loss?: MulticlassLoss
}

/** A multi-class machine. Its scores are $\langle w_m, x \rangle + b_m$; the highest one is predicted. */
export interface MulticlassSvm extends Optimum {
  /** $w$, `[classes, features]`. */
  readonly weights: Float64Array
  /** $b$, one a class. */
  readonly bias: Float64Array
}

/**
 * The linear support vector machine of several classes, by the hinge of Crammer and Singer (2001) or of Weston and Watkins (1999), solved in
 * its dual (Keerthi et al. 2008).
 *
 * $$
 * \min_W \; \tfrac12 \lVert W \rVert^2 + C \sum_i \max_{m \ne y_i} [1 + s_{im} - s_{i y_i}]_+
 * \quad \text{or} \quad C \sum_i \sum_{m \ne y_i} [1 + s_{im} - s_{i y_i}]_+
 * $$
 *
 * @param features - `[examples, features]`, dense or sparse
 * @param labels - the class of each example, `0 … classes - 1`; every class needs an example
 * @throws {@link @deepstruct/tensor!ShapeError} when there is not one label for each example
 * @throws {@link @deepstruct/tensor!DomainError} for a label that is no class, a class without an example, or a $C$ that is not positive
 *
 * @example
 * ```ts
 * import { multiclassSvm } from '@deepstruct/ssvm'
 * import { array } from '@deepstruct/tensor'
 *
 * const { objective, dual } = multiclassSvm(array([[1, 0], [0, 1], [-1, -1]]), [0, 1, 2])
 * ```
 */
export function multiclassSvm(
  features: Features,
  labels: ArrayLike<number>,
  options: MulticlassSvmOptions = {},
): MulticlassSvm {
  const { C = 1, loss = 'crammer-singer', biasScale = 1 } = options
  checkC('multiclassSvm', C)
  const rows = exampleRows('multiclassSvm', features, biasScale)
  const classes = Array.from(labels).reduce((most, label) => Math.max(most, label + 1), 0)
  const truths = classTruths('multiclassSvm', labels, rows.size, classes)
  const problem = multiclassDual(rows, truths, { C, loss, classes })
  const optimum = solveDual(problem, options)
  const { width, features: columns } = rows
  const of = (m: number): Float64Array => problem.weights.subarray(m * width, (m + 1) * width)
  const weights = new Float64Array(classes * columns)
  for (let m = 0; m < classes; m++) weights.set(of(m).subarray(0, columns), m * columns)
  return {
    ...optimum,
    weights,
    bias: Float64Array.from({ length: classes }, (_, m) =>
      biasScale === 0 ? 0 : biasScale * of(m)[columns]!,
    ),
  }
}

/** The class of each example, checked. */
export function classTruths(
  name: string,
  labels: ArrayLike<number>,
  examples: number,
  classes: number,
): Int32Array {
  if (labels.length !== examples)
    throw new ShapeError({
      function: name,
      argument: 'labels',
      got: `of length ${labels.length}`,
      expected: `${examples}, one for each row of features`,
    })
  const truths = new Int32Array(examples)
  const counts = new Int32Array(Number.isSafeInteger(classes) ? classes : 0)
  for (let i = 0; i < examples; i++) {
    const label = labels[i]!
    if (!(Number.isSafeInteger(label) && label >= 0 && label < classes))
      throw new DomainError({
        function: name,
        argument: `labels[${i}]`,
        got: String(label),
        expected: 'a class, 0 and up',
      })
    truths[i] = label
    counts[label]!++
  }
  if (classes < 2)
    throw new DomainError({
      function: name,
      argument: 'labels',
      got: 'of one class',
      expected: 'at least two classes',
    })
  const empty = counts.indexOf(0)
  if (empty !== -1)
    throw new DomainError({
      function: name,
      argument: 'labels',
      got: `without an example of class ${empty}`,
      expected: `an example of each of ${classes} classes`,
      why: 'a class without an example cannot be learned',
    })
  return truths
}
