import { type WithOutput, type WithOutputParams, tokenMask } from '@deepstruct/networks'
import { div, dot, logSumExp, maximum, mul, sub, sum, type Tensor } from '@deepstruct/tensor'
import { adam, evaluateTags, type Labeled, type Phase, type Schedule } from '@deepstruct/training'
import { tagSolution } from './tag-solution.ts'

/** How {@link taggerPhase} trains. */
export interface TaggerPhaseOptions {
  /** The largest number of passes over the data; default 30. */
  readonly epochs?: number
  /** Stop after so many epochs without a better score; default 5. */
  readonly patience?: number
  /** The learning rate of Adam; default 2e-3. */
  readonly rate?: Schedule
  /** Bounds the global norm of the gradient; default 5. */
  readonly clipNorm?: number
}

/**
 * Trains a tagger of independent tokens by cross-entropy, the mean over the tokens of a batch. It is the whole training of the `tagger`
 * baseline, and the pretraining of the families that build on it: their state has the same two parts, and further ones.
 *
 * @param network - from ids `[batch, length, columns]` to one logit for each tag
 */
export function taggerPhase<F, S extends WithOutputParams<F> = WithOutputParams<F>>(
  network: WithOutput<F>,
  options: TaggerPhaseOptions = {},
): Phase<S, Labeled> {
  const { epochs = 30, patience = 5, rate = 2e-3, clipNorm = 5 } = options
  return {
    name: 'tagger',
    epochs,
    patience,
    turns: [
      {
        moves: ['features', 'output'],
        optimizer: adam({ rate }),
        clipNorm,
        noise: ({ x }) => network.noise?.(x),
        loss(state, { x, y }, _, masks) {
          const mask = tokenMask(x)
          const tokens = sum(mask, 1)
          const losses = tagCrossEntropy(network.apply(state, x, masks), y, mask)
          // A sentence counts as much as it has tokens, so that every token counts alike.
          return { rows: div(losses, maximum(tokens, 1)), weights: tokens }
        },
      },
    ],
    evaluate: evaluateTags((state: S, x: Tensor) =>
      tagSolution(network.apply(state, x), tokenMask(x)),
    ),
  }
}

/**
 * Cross-entropy of the softmax at each token, summed over the tokens of a sentence.
 *
 * $$
 * \sum_{t \in \text{tokens}} \log \sum_k e^{s_{tk}} - \langle y_t, s_t \rangle
 * $$
 *
 * @param logits - $s$, `[batch, length, tags]`
 * @param y - one-hot tags or distributions, of the same shape
 * @param mask - 1 for the tokens and 0 beyond the end of a sentence, `[batch, length]`
 * @returns `[batch]`
 */
export function tagCrossEntropy(logits: Tensor, y: Tensor, mask: Tensor): Tensor {
  return sum(mul(sub(logSumExp(logits, 2), dot(logits, y)), mask), 1)
}
