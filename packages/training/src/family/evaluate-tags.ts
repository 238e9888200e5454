import type { TracedSolution } from '@deepstruct/inference'
import { macroF1, taggedTokens, tokenAccuracy } from '@deepstruct/metrics'
import type { Device, Host, Tensor } from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Evaluation } from '../learner.ts'
import { scorer } from './evaluate-multilabel.ts'
import type { Labeled } from './labeled.ts'

/**
 * The evaluation of tagging phases. The score is the share of tokens whose tag is right, in $[0, 1]$; the mean F1 of the tags is measured
 * beside it, where a tag that nothing has and nothing got counts as 1. Positions beyond the end of a sentence count nowhere.
 *
 * @param solve - what runs at test time: from ids `[batch, length, columns]` to tags `[batch, length, tags]` in $[0, 1]$
 * @param batchSize - sentences at once; default 64, so that few are padded to much more than their length
 */
export function evaluateTags<S>(
  solve: (state: S, x: Tensor) => TracedSolution,
  batchSize = 64,
): (state: Device<S> | Host<S>, data: Dataset<Host<Labeled>>) => Promise<Evaluation> {
  const score = scorer(solve, batchSize)
  return async (state, data) => {
    const { scores, labels } = await score(state, data)
    const accuracy = tokenAccuracy(scores, labels)
    const tokens = taggedTokens(scores, labels)
    return {
      score: accuracy,
      tokenAccuracy: accuracy,
      macroF1: macroF1(tokens.predicted, tokens.labels),
    }
  }
}
