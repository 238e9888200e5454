import { binaryCrossEntropyWithLogits } from '@deepstruct/losses'
import type { WithOutput, WithOutputParams } from '@deepstruct/networks'
import type { Tensor } from '@deepstruct/tensor'
import {
  adam,
  evaluateMultilabel,
  type Labeled,
  type Phase,
  type Schedule,
} from '@deepstruct/training'
import { independentSolution } from './independent-solution.ts'

/** How {@link classifierPhase} trains. */
export interface ClassifierPhaseOptions {
  /** The largest number of passes over the data; default 40. */
  readonly epochs?: number
  /** Stop after so many epochs without a better score; default 8. */
  readonly patience?: number
  /** The learning rate of Adam; default 1e-3. */
  readonly rate?: Schedule
}

/**
 * Trains a classifier of independent labels by binary cross-entropy, summed over the labels. It is the whole training of the `mlp`
 * baseline, and the pretraining of the families that build on it: their state has the same two parts, and further ones.
 *
 * @param network - from features to one logit for each label
 */
export function classifierPhase<F, S extends WithOutputParams<F> = WithOutputParams<F>>(
  network: WithOutput<F>,
  options: ClassifierPhaseOptions = {},
): Phase<S, Labeled> {
  const { epochs = 40, patience = 8, rate = 1e-3 } = options
  return {
    name: 'classifier',
    epochs,
    patience,
    turns: [
      {
        moves: ['features', 'output'],
        optimizer: adam({ rate }),
        noise: ({ x }) => network.noise?.(x),
        loss: (state, { x, y }, _, masks) => ({
          rows: binaryCrossEntropyWithLogits(network.apply(state, x, masks), y, {
            reduction: 'none',
          }),
        }),
      },
    ],
    evaluate: evaluateMultilabel((state: S, x: Tensor) =>
      independentSolution(network.apply(state, x)),
    ),
  }
}
