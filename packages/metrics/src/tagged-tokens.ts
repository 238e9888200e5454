import { type NDArray, ndarray, ShapeError } from '@deepstruct/tensor'
import { checkFinite } from './arguments.ts'

/** Tokens of tagged sentences in one row each, for metrics of labels. */
export interface TaggedTokens {
  /** The tag of the highest score, one-hot, `[tokens, tags]`. */
  readonly predicted: NDArray
  /** The true tag, one-hot, `[tokens, tags]`. */
  readonly labels: NDArray
}

/**
 * The tokens of tagged sentences as rows: positions beyond the end of a sentence, whose true tags are all 0, are left out, and the tag of the
 * highest score is predicted, the first one at a tie. So every metric of labels is one of tags: {@link macroF1} is the mean F1 of the
 * tags, {@link perLabelF1} the F1 of each.
 *
 * @param scores - `[sentences, length, tags]`
 * @param labels - the same shape, one-hot in {0, 1}, all 0 beyond the end of a sentence
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ, or no position has a tag
 * @throws {@link @deepstruct/tensor!DomainError} for a score that is not finite
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { perLabelF1, taggedTokens } from '@deepstruct/metrics'
 *
 * const scores = array([[[0.8, 0.2], [0.3, 0.7], [0, 0]]])
 * const labels = array([[[1, 0], [1, 0], [0, 0]]])
 * const tokens = taggedTokens(scores, labels)
 * perLabelF1(tokens.predicted, tokens.labels).data // 2/3 and 0
 * ```
 */
export function taggedTokens(scores: NDArray, labels: NDArray): TaggedTokens {
  const [, , tags = 0] = labels.shape
  const refuse = (argument: string, got: NDArray, expected: string, why?: string): ShapeError =>
    new ShapeError({
      function: 'taggedTokens',
      argument,
      got: `of shape [${got.shape.join(', ')}]`,
      expected,
      ...(why !== undefined && { why }),
    })
  if (labels.shape.length !== 3) throw refuse('labels', labels, '[sentences, length, tags]')
  if (scores.shape.join() !== labels.shape.join())
    throw refuse('scores', scores, `[${labels.shape.join(', ')}] to match labels`)
  checkFinite('taggedTokens', scores)
  const starts: number[] = []
  for (let start = 0; start < labels.data.length; start += tags)
    if (labels.data.subarray(start, start + tags).some((value) => value !== 0)) starts.push(start)
  if (starts.length === 0)
    throw refuse(
      'labels',
      labels,
      'a tag at one position or more',
      'a mean over nothing has no value',
    )
  const predicted = new Float32Array(starts.length * tags)
  const actual = new Float32Array(starts.length * tags)
  for (const [token, start] of starts.entries()) {
    actual.set(labels.data.subarray(start, start + tags), token * tags)
    predicted[token * tags + highest(scores, start, tags)] = 1
  }
  const shape = [starts.length, tags]
  return { predicted: ndarray(predicted, shape), labels: ndarray(actual, shape) }
}

function highest({ data }: NDArray, start: number, count: number): number {
  let best = 0
  for (let tag = 1; tag < count; tag++)
    if ((data[start + tag] as number) > (data[start + best] as number)) best = tag
  return best
}
