import type { NDArray } from '@deepstruct/tensor'
import { subsetAccuracy } from './subset-accuracy.ts'
import { taggedTokens } from './tagged-tokens.ts'

/**
 * Token accuracy: the share of tokens whose tag is right. Long sentences weigh more than short ones, and positions beyond the end of a
 * sentence, whose true tags are all 0, count nowhere.
 *
 * @param scores - `[sentences, length, tags]`; the tag of the highest score is predicted, the first one at a tie
 * @param labels - the same shape, one-hot in {0, 1}, all 0 beyond the end of a sentence
 * @returns a fraction in [0, 1], higher is better
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ, or no position has a tag
 * @throws {@link @deepstruct/tensor!DomainError} for a score that is not finite, or a label outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { tokenAccuracy } from '@deepstruct/metrics'
 *
 * const scores = array([[[0.8, 0.2], [0.3, 0.7], [0, 0]]])
 * const labels = array([[[1, 0], [1, 0], [0, 0]]])
 * tokenAccuracy(scores, labels) // 1 of 2 = 0.5
 * ```
 */
export function tokenAccuracy(scores: NDArray, labels: NDArray): number {
  const tokens = taggedTokens(scores, labels)
  return subsetAccuracy(tokens.predicted, tokens.labels)
}
