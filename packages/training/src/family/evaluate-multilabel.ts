import type { TracedSolution } from '@deepstruct/inference'
import { exampleF1, binarize, hammingLoss, selectThreshold } from '@deepstruct/metrics'
import { type Device, type Host, jit, ndarray, type NDArray, type Tensor } from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Evaluation } from '../learner.ts'
import type { Labeled } from './labeled.ts'

/** Scores and labels of a data set, as predicted. */
export interface Scored {
  /** What the model found, `[examples, labels]` in $[0, 1]$. */
  readonly scores: NDArray
  /** The truth, `[examples, labels]`. */
  readonly labels: NDArray
  /** The energy of each prediction, `[examples]`. */
  readonly energies: NDArray
}

/**
 * Predicts a data set in batches.
 *
 * @param solve - what runs at test time
 * @param batchSize - rows at once; default 256
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
    { name: 'score' },
  )
  return async (state, data) => {
    const scores: NDArray[] = []
    const labels: NDArray[] = []
    const energies: NDArray[] = []
    for (let start = 0; start < data.size; start += batchSize) {
      const length = Math.min(batchSize, data.size - start)
      const { x, y } = data.batch(Int32Array.from({ length }, (_, i) => start + i))
      const found = await run(state, x)
      scores.push(found.y)
      energies.push(found.energy)
      labels.push(y)
    }
    return { scores: joined(scores), labels: joined(labels), energies: joined(energies) }
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

/** Batches one under the other. */
function joined(batches: readonly NDArray[]): NDArray {
  const rows = batches.reduce((total, { shape }) => total + (shape[0] as number), 0)
  const rest = batches[0]?.shape.slice(1) ?? []
  const data = new Float32Array(batches.reduce((total, batch) => total + batch.data.length, 0))
  let offset = 0
  for (const batch of batches) {
    data.set(batch.data, offset)
    offset += batch.data.length
  }
  return ndarray(data, [rows, ...rest])
}
