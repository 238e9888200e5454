import { equal, logicalOr, mul, relu, square, sub, type Tensor, where } from '@deepstruct/tensor'
import { countedPart, type LossOptions, reduceElements, requireSame } from './reduction.ts'
import { requireValues } from './require-values.ts'

/** The options of {@link binaryHinge}. */
export interface BinaryHingeOptions extends LossOptions {
  /** Square the hinge, which makes it smooth; default false. */
  readonly squared?: boolean
}

/**
 * The hinge loss of binary classifiers (Cortes and Vapnik 1995), summed over the labels of a row.
 *
 * $$
 * \sum_j [1 - t_j s_j]_+, \qquad t_j \in \{-1, +1\}
 * $$
 *
 * @param scores - $s$, `[batch]` or `[batch, labels]`; positive predicts the label
 * @param labels - $t$, of the same shape; 0 stands for $-1$
 * @param options - reduction, mask, squared
 * @returns a scalar, or `[batch]` without reduction
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 * @throws {@link @deepstruct/tensor!DomainError} for a label outside {−1, 0, 1}
 *
 * @example
 * ```ts
 * import { binaryHinge } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(binaryHinge)(array([0.5, -2]), array([1, 0]), {}) // (0.5 + 0) / 2
 * ```
 */
export function binaryHinge(
  scores: Tensor,
  labels: Tensor,
  options: BinaryHingeOptions = {},
): Tensor {
  requireSame('binaryHinge', 'labels', labels, scores.shape, 'scores')
  const s = countedPart('binaryHinge', scores, options)
  const t = countedPart('binaryHinge', labels, options)
  const negative = logicalOr(equal(t, 0), equal(t, -1))
  requireValues(
    'binaryHinge',
    'labels',
    logicalOr(negative, equal(t, 1)),
    'outside {-1, 0, 1} somewhere',
    '-1 or +1, or 0 for -1',
  )
  const hinge = relu(sub(1, mul(where(negative, -1, 1), s)))
  return reduceElements('binaryHinge', options.squared ? square(hinge) : hinge, options)
}
