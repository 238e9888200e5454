import type { TracedSolution } from '@deepstruct/inference'
import { exampleF1, binarize, hammingLoss, selectThreshold } from '@deepstruct/metrics'
import {
  type Device,
  type Host,
  jit,
  joinRows,
  type NDArray,
  ShapeError,
  type Tensor,
} from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Evaluation } from '../learner.ts'
import type { Labeled } from './labeled.ts'
import { toOneLength } from './to-one-length.ts'

/** Scores and labels of a data set, as predicted. */
export interface Scored {
  /** What the model found in $[0, 1]$: `[examples, labels]`, or the shape of the task. */
  readonly scores: NDArray
  /** The truth, of the same shape. */
  readonly labels: NDArray
  /** The energy of each prediction, `[examples]`. */
  readonly energies: NDArray
}

/**
 * Predicts a data set in batches. Where batches are of different lengths, as those of sentences are, the shorter ones are padded by 0.
 *
 * @param solve - what runs at test time
 * @param batchSize - rows at once; default 256
 * @returns a function that throws {@link @deepstruct/tensor!ShapeError} for data without examples
 */
export function scorer<S>(
  solve: (state: S, x: Tensor) => TracedSolution,
  batchSize = 256,
): (state: Device<S> | Host<S>, data: Dataset<Host<Labeled>>) => Promise<Scored> {
  const run = jit(
    (state: S, x: Tensor) => {
      const { y, energy } = solve(state, x)
      return { y, energy }
    },
    { split: [1], name: 'score' },
  )
  return async (state, data) => {
    const block = async (start: number): Promise<Scored> => {
      const length = Math.min(batchSize, data.size - start)
      const { x, y } = data.batch(Int32Array.from({ length }, (_, i) => start + i))
      const found = await run(state, x)
      return { scores: found.y, labels: y, energies: found.energy }
    }
    if (data.size === 0)
      throw new ShapeError({
        function: 'scorer',
        argument: 'data.size',
        got: '0',
        expected: 'at least one example',
      })
    const blocks: [Scored, ...Scored[]] = [await block(0)]
    for (let start = batchSize; start < data.size; start += batchSize)
      blocks.push(await block(start))
    return joinRows(toOneLength(blocks))
  }
}

/**
 * The evaluation of multi-label phases. The score is the example-averaged F1 at the threshold that is best on this held-out data.
 *
 * @param solve - what runs at test time
 */
export function evaluateMultilabel<S>(
  solve: (state: S, x: Tensor) => TracedSolution,
): (state: Device<S>, data: Dataset<Host<Labeled>>) => Promise<Evaluation> {
  const score = scorer(solve)
  return async (state, data) => {
    const { scores, labels } = await score(state, data)
    const { threshold, value } = selectThreshold(scores, labels)
    const atHalf = binarize(scores, 0.5)
    return {
      score: value,
      f1AtThreshold: value,
      threshold,
      f1AtHalf: exampleF1(atHalf, labels),
      hammingLoss: hammingLoss(atHalf, labels),
    }
  }
}
