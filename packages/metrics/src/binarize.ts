import { type NDArray, ndarray } from '@deepstruct/tensor'
import { checkFinite, checkThreshold } from './arguments.ts'

/**
 * Turns scores into predictions: 1 where `score > threshold`, strictly, so that a score equal to the threshold is not
 * predicted.
 *
 * @param scores - any shape, finite
 * @param threshold - default 0.5, which suits probabilities
 * @returns a bool array of the same shape
 * @throws {@link @deepstruct/tensor!DomainError} for a score or a threshold that is not finite
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { binarize } from '@deepstruct/metrics'
 *
 * binarize(array([[0.2, 0.5, 0.7]])).data // 0, 0, 1
 * ```
 */
export function binarize(scores: NDArray, threshold = 0.5): NDArray {
  checkThreshold('binarize', 'threshold', threshold)
  checkFinite('binarize', scores)
  return ndarray(
    Uint8Array.from(scores.data, (score) => Number(score > threshold)),
    scores.shape,
  )
}
