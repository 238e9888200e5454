import {
  add,
  clip,
  equal,
  greater,
  log,
  logicalAnd,
  logicalNot,
  logSoftmax,
  mul,
  neg,
  sigmoidCrossEntropy,
  sub,
  sum,
  type Tensor,
  where,
} from '@deepstruct/tensor'
import { rightClass } from './multiclass-hinge.ts'
import {
  countedPart,
  type LossOptions,
  reduceElements,
  reduceRows,
  requireSame,
} from './reduction.ts'
import { requireUnitInterval, requireValues } from './require-values.ts'

/** The smallest probability whose logarithm is taken; beyond it the loss is the constant $-\log \epsilon \approx 16$. */
export const smallestProbability = 1e-7

/**
 * Binary cross-entropy of probabilities, summed over the labels of a row; finite at 0 and 1, where probabilities are clipped by
 * {@link smallestProbability}.
 *
 * $$
 * -\sum_j y_j \log p_j + (1 - y_j) \log (1 - p_j)
 * $$
 *
 * @param probabilities - $p$ in $[0, 1]$, `[batch, ...structure]`
 * @param labels - $y$ in $[0, 1]$, of the same shape
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 * @throws {@link @deepstruct/tensor!DomainError} for a value outside $[0, 1]$
 *
 * @example
 * ```ts
 * import { binaryCrossEntropy } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(binaryCrossEntropy)(array([[0.5, 0.25]]), array([[1, 0]]), {}) // -log(0.5) - log(0.75) = 0.98
 * ```
 */
export function binaryCrossEntropy(
  probabilities: Tensor,
  labels: Tensor,
  options: LossOptions = {},
): Tensor {
  requireSame('binaryCrossEntropy', 'labels', labels, probabilities.shape, 'probabilities')
  const p = countedPart('binaryCrossEntropy', probabilities, options)
  const y = countedPart('binaryCrossEntropy', labels, options)
  requireUnitInterval('binaryCrossEntropy', 'probabilities', p)
  requireUnitInterval('binaryCrossEntropy', 'labels', y)
  return reduceElements('binaryCrossEntropy', clippedCrossEntropy(p, y), options)
}

/** {@link binaryCrossEntropy} by element. */
export function clippedCrossEntropy(probabilities: Tensor, labels: Tensor): Tensor {
  const p = clip(probabilities, smallestProbability, 1 - smallestProbability)
  return neg(add(mul(labels, log(p)), mul(sub(1, labels), log(sub(1, p)))))
}

/**
 * Binary cross-entropy of logits, summed over the labels of a row; finite for logits of any size.
 *
 * $$
 * \sum_j \max(z_j, 0) - z_j y_j + \log(1 + e^{-|z_j|})
 * $$
 *
 * @param logits - $z$, `[batch, ...structure]`; the probability is $\sigma(z)$
 * @param labels - $y$ in $[0, 1]$, of the same shape
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 * @throws {@link @deepstruct/tensor!DomainError} for a label outside $[0, 1]$
 *
 * @example
 * ```ts
 * import { binaryCrossEntropyWithLogits } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(binaryCrossEntropyWithLogits)(array([[0, 1000]]), array([[1, 0]]), {}) // log(2) + 1000
 * ```
 */
export function binaryCrossEntropyWithLogits(
  logits: Tensor,
  labels: Tensor,
  options: LossOptions = {},
): Tensor {
  requireSame('binaryCrossEntropyWithLogits', 'labels', labels, logits.shape, 'logits')
  const z = countedPart('binaryCrossEntropyWithLogits', logits, options)
  const y = countedPart('binaryCrossEntropyWithLogits', labels, options)
  requireUnitInterval('binaryCrossEntropyWithLogits', 'labels', y)
  return reduceElements('binaryCrossEntropyWithLogits', sigmoidCrossEntropy(y, z), options)
}

/**
 * Cross-entropy of the softmax of logits.
 *
 * $$
 * -\log \frac{e^{z_y}}{\sum_k e^{z_k}}
 * $$
 *
 * @param logits - $z$, `[batch, classes]`
 * @param labels - $y$, int32 `[batch]`, in `0 … classes - 1`
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes do not belong together
 * @throws {@link @deepstruct/tensor!DomainError} for a label that is no class
 *
 * @example
 * ```ts
 * import { crossEntropyWithLogits } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(crossEntropyWithLogits)(array([[0, 0, 0]]), array([2], 'int32'), {}) // log(3) = 1.10
 * ```
 */
export function crossEntropyWithLogits(
  logits: Tensor,
  labels: Tensor,
  options: LossOptions = {},
): Tensor {
  const { right, counted } = rightClass('crossEntropyWithLogits', 'logits', logits, labels, options)
  // Chosen, not multiplied: a class of logit −∞ would give 0 · ∞.
  const chosen = where(right, logSoftmax(counted), 0)
  return reduceRows('crossEntropyWithLogits', neg(sum(chosen, 1)), options)
}

/**
 * The Kullback–Leibler divergence from the prediction $q$ to the target $p$, summed over each row, with $0 \log 0 = 0$.
 *
 * $$
 * \sum_j p_j \log \frac{p_j}{q_j}
 * $$
 *
 * @param target - $p \ge 0$, `[batch, ...structure]`, as a rule summing to 1
 * @param prediction - $q \ge 0$, of the same shape
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 * @throws {@link @deepstruct/tensor!DomainError} for a value outside $[0, 1]$, and where $q = 0 < p$: the divergence is infinite
 *
 * @example
 * ```ts
 * import { klDivergence } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(klDivergence)(array([[1, 0]]), array([[0.5, 0.5]]), {}) // log(2) = 0.69
 * ```
 */
export function klDivergence(
  target: Tensor,
  prediction: Tensor,
  options: LossOptions = {},
): Tensor {
  requireSame('klDivergence', 'prediction', prediction, target.shape, 'target')
  const p = countedPart('klDivergence', target, options)
  const q = countedPart('klDivergence', prediction, options)
  requireUnitInterval('klDivergence', 'target', p)
  requireUnitInterval('klDivergence', 'prediction', q)
  const present = greater(p, 0)
  requireValues(
    'klDivergence',
    'prediction',
    logicalNot(logicalAnd(present, equal(q, 0))),
    '0 where target is positive',
    'positive values there',
    'the divergence is infinite',
  )
  const ratio = sub(log(where(present, p, 1)), log(where(present, q, 1)))
  return reduceElements('klDivergence', mul(p, ratio), options)
}
