import type { NDArray } from '@deepstruct/tensor'
import { checkScores } from './arguments.ts'
import { binarize } from './binarize.ts'
import { cellsByFallingScore } from './falling-scores.ts'
import { runningExampleF1, type RunningMetric } from './running-metric.ts'
import type { ThresholdOptions, ThresholdPoint } from './threshold-curve.ts'

// Sums that follow a sweep carry rounding of up to 1e-10; it must not decide between equal thresholds.
const SAME = 1e-9

/**
 * The threshold at which a metric is best, by a search over every prediction that a threshold can produce. Choose it
 * on held-out training data, never on the test set.
 *
 * Between two neighboring scores all thresholds predict the same. Of the ranges that reach the best value (values
 * closer than 1e-9 count as equal, adjacent ranges as one) the widest is taken, of equally wide ones the highest, and
 * the threshold is its middle, which keeps the largest distance to scores that would change the result. It is
 * rounded to float32 within the range, so that an engine that compares in float32 predicts the same. Beyond the
 * highest and the lowest score, a range is as wide as the mean distance of neighboring scores.
 *
 * @param scores - `[examples, labels]`, finite
 * @param labels - `[examples, labels]` in {0, 1}
 * @param options - the metric; default example-averaged F1
 * @returns the threshold, for `score > threshold`, and the metric there
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for a score that is not finite, a label outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { selectThreshold } from '@deepstruct/metrics'
 *
 * selectThreshold(array([[0.75, 0.25], [0.5, 0]]), array([[1, 0], [1, 0]])) // { threshold: 0.375, value: 1 }
 * ```
 */
export function selectThreshold(
  scores: NDArray,
  labels: NDArray,
  { metric = runningExampleF1() }: ThresholdOptions = {},
): ThresholdPoint {
  checkScores('selectThreshold', scores, labels)
  const { ends, values } = sweep(scores, labels, metric)
  const gain = (k: number): number => (metric.best === 'largest' ? 1 : -1) * (values[k] ?? 0)
  let best = -Infinity
  for (let k = 0; k < values.length; k++) best = Math.max(best, gain(k))

  let low = 0
  let high = -Infinity
  for (let k = 0; k < values.length; k++) {
    if (gain(k) < best - SAME) continue
    const first = k
    while (k + 1 < values.length && gain(k + 1) >= best - SAME) k++
    const top = ends[first] ?? 0
    const bottom = ends[k + 1] ?? 0
    if (top - bottom > high - low) {
      low = bottom
      high = top
    }
  }
  const threshold = middle(low, high)
  return { threshold, value: metric.of(binarize(scores, threshold), labels) }
}

interface Sweep {
  /** The bounds of the ranges, falling; range k reaches from `ends[k + 1]` (included) to `ends[k]` (excluded). */
  readonly ends: readonly number[]
  /** The metric in each range. */
  readonly values: readonly number[]
}

function sweep(scores: NDArray, labels: NDArray, metric: RunningMetric): Sweep {
  const cells = cellsByFallingScore(scores)
  const width = labels.shape[1] ?? 1
  const running = metric.start(labels)
  const distinct: number[] = []
  const values = [running.value()]
  cells.forEach((cell, i) => {
    const score = scores.data[cell] ?? 0
    running.include(Math.floor(cell / width), cell % width)
    if (i + 1 < cells.length && scores.data[cells[i + 1] ?? 0] === score) return
    distinct.push(score)
    values.push(running.value())
  })
  const first = distinct[0] ?? 0
  const last = distinct.at(-1) ?? 0
  const margin = distinct.length > 1 ? (first - last) / (distinct.length - 1) : 1
  return { ends: [first + margin, ...distinct, last - margin], values }
}

function middle(low: number, high: number): number {
  const rounded = Math.fround(low + (high - low) / 2)
  return rounded >= low && rounded < high ? rounded : low
}
