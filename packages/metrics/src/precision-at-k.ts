import { DomainError, type NDArray, type TypedArray } from '@deepstruct/tensor'
import { checkScores } from './arguments.ts'
import { meanOver } from './overlap.ts'

/**
 * Precision at k: the share of true labels among the k best-scored ones of each example, then the mean. Among equal
 * scores the label of the smaller index comes first.
 *
 * $$
 * \frac{1}{n} \sum_{i=1}^{n} \frac{|y_i \cap \mathrm{top}_k(s_i)|}{k}
 * $$
 *
 * @param scores - `[examples, labels]`, finite, higher is likelier
 * @param labels - `[examples, labels]` in {0, 1}
 * @param k - from 1 to the number of labels
 * @returns a fraction in [0, 1], higher is better; an example with fewer than k labels cannot reach 1
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for a score that is not finite, a label outside {0, 1}, a k out of range
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { precisionAtK } from '@deepstruct/metrics'
 *
 * precisionAtK(array([[0.9, 0.2, 0.4]]), array([[1, 1, 0]]), 2) // labels 0 and 2: 1 of 2 = 0.5
 * ```
 */
export function precisionAtK(scores: NDArray, labels: NDArray, k: number): number {
  const { examples, width } = checkScores('precisionAtK', scores, labels)
  if (!Number.isInteger(k) || k < 1 || k > width)
    throw new DomainError({
      function: 'precisionAtK',
      argument: 'k',
      got: `${k}`,
      expected: `an integer from 1 to ${width}, the number of labels`,
    })
  return meanOver(examples, (row) => {
    const start = row * width
    const best = largest(scores.data.subarray(start, start + width), k)
    return best.reduce((hits, label) => hits + (labels.data[start + label] ?? 0), 0) / k
  })
}

/** The indices of the k largest elements, the largest first, equal ones in the order of their indices. */
function largest(row: TypedArray, k: number): readonly number[] {
  const ranked: number[] = []
  row.forEach((score, label) => {
    if (ranked.length === k && score <= (row[ranked[k - 1] ?? 0] ?? 0)) return
    let rank = Math.min(ranked.length, k - 1)
    for (; rank > 0 && score > (row[ranked[rank - 1] ?? 0] ?? 0); rank--)
      ranked[rank] = ranked[rank - 1] ?? 0
    ranked[rank] = label
  })
  return ranked
}
