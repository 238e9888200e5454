import type { TracedSolution } from '@deepstruct/inference'
import { macroF1 } from '@deepstruct/metrics'
import { type Device, type Host, type NDArray, ndarray, type Tensor } from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Evaluation } from '../learner.ts'
import { scorer } from './evaluate-multilabel.ts'
import type { Labeled } from './labeled.ts'

/**
 * The evaluation of classification phases. The score is the accuracy, the share of examples whose class has the highest score; the mean F1 of the
 * classes is measured beside it, where a class that nothing has and nothing got counts as 1.
 *
 * @param solve - what runs at test time: scores of classes, `[batch, classes]` in $[0, 1]$
 */
export function evaluateClasses<S>(
  solve: (state: S, x: Tensor) => TracedSolution,
): (state: Device<S> | Host<S>, data: Dataset<Host<Labeled>>) => Promise<Evaluation> {
  const score = scorer(solve)
  return async (state, data) => {
    const { scores, labels } = await score(state, data)
    const predicted = highestClass(scores)
    const right = predicted.data.reduce(
      (hits: number, chosen, i) => hits + chosen * labels.data[i]!,
      0,
    )
    const accuracy = right / labels.shape[0]!
    return { score: accuracy, accuracy, macroF1: macroF1(predicted, labels) }
  }
}

/**
 * The class of the highest score of each row as a one-hot row, the first one at a tie.
 *
 * @param scores - `[examples, classes]`
 */
export function highestClass({ shape, data }: NDArray): NDArray & { data: Float32Array } {
  const [rows, classes] = shape as [number, number]
  const chosen = new Float32Array(data.length)
  for (let row = 0; row < rows; row++) {
    let best = row * classes
    for (let i = best + 1; i < (row + 1) * classes; i++) if (data[i]! > data[best]!) best = i
    chosen[best] = 1
  }
  return ndarray(chosen, shape) as NDArray & { data: Float32Array }
}
