import { sigmoidCrossEntropy, type Tensor } from '@deepstruct/tensor'
import { clippedCrossEntropy } from './cross-entropy.ts'
import { countedPart, type LossOptions, reduceRows, requireRank, requireSame } from './reduction.ts'
import { requireUnitInterval } from './require-values.ts'

/**
 * The value cross-entropy of deep value networks (Gygli et al. 2017, equation 5): the value of an output is the probability that a pixel or
 * label of it is right, so it is learned as one.
 *
 * $$
 * -v^* \log v - (1 - v^*) \log(1 - v)
 * $$
 *
 * @param values - $v$ in $[0, 1]$, `[batch]`
 * @param oracle - $v^*$ in $[0, 1]$, `[batch]`: what the outputs are worth
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 * @throws {@link @deepstruct/tensor!DomainError} for a value outside $[0, 1]$
 *
 * @example
 * ```ts
 * import { valueCrossEntropy } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(valueCrossEntropy)(array([0.5]), array([0.75]), {}) // log(2) = 0.69
 * ```
 */
export function valueCrossEntropy(
  values: Tensor,
  oracle: Tensor,
  options: LossOptions = {},
): Tensor {
  requireRank('valueCrossEntropy', 'values', values, ['batch'])
  requireSame('valueCrossEntropy', 'oracle', oracle, values.shape, 'values')
  const v = countedPart('valueCrossEntropy', values, options)
  const target = countedPart('valueCrossEntropy', oracle, options)
  requireUnitInterval('valueCrossEntropy', 'values', v)
  requireUnitInterval('valueCrossEntropy', 'oracle', target)
  return reduceRows('valueCrossEntropy', clippedCrossEntropy(v, target), options)
}

/**
 * {@link valueCrossEntropy} of the score $z$ before the sigmoid, $v = \sigma(z)$; finite for scores of any size.
 *
 * @param scores - $z$, `[batch]`
 * @param oracle - $v^*$ in $[0, 1]$, `[batch]`
 * @param options - reduction, mask
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ
 * @throws {@link @deepstruct/tensor!DomainError} for an oracle value outside $[0, 1]$
 *
 * @example
 * ```ts
 * import { valueCrossEntropyWithLogits } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(valueCrossEntropyWithLogits)(array([0]), array([0.75]), {}) // log(2) = 0.69
 * ```
 */
export function valueCrossEntropyWithLogits(
  scores: Tensor,
  oracle: Tensor,
  options: LossOptions = {},
): Tensor {
  requireRank('valueCrossEntropyWithLogits', 'scores', scores, ['batch'])
  requireSame('valueCrossEntropyWithLogits', 'oracle', oracle, scores.shape, 'scores')
  const z = countedPart('valueCrossEntropyWithLogits', scores, options)
  const target = countedPart('valueCrossEntropyWithLogits', oracle, options)
  requireUnitInterval('valueCrossEntropyWithLogits', 'oracle', target)
  return reduceRows('valueCrossEntropyWithLogits', sigmoidCrossEntropy(target, z), options)
}
