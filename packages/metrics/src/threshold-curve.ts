import type { NDArray } from '@deepstruct/tensor'
import { checkScores, checkThreshold } from './arguments.ts'
import { cellsByFallingScore } from './falling-scores.ts'
import { runningExampleF1, type RunningMetric } from './running-metric.ts'

/** One point of a {@link thresholdCurve}. */
export interface ThresholdPoint {
  /** Cells with a score above this are predicted. */
  readonly threshold: number
  /** The metric there. */
  readonly value: number
}

/** Which metric a threshold is judged by. */
export interface ThresholdOptions {
  /** Default {@link runningExampleF1}. */
  readonly metric?: RunningMetric
}

/**
 * The metric at each threshold of a grid, for plots. All points together cost one sort of the scores.
 *
 * @param scores - `[examples, labels]`, finite
 * @param labels - `[examples, labels]` in {0, 1}
 * @param grid - thresholds in any order
 * @returns one point for each threshold, in the order of the grid
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for a score or a threshold that is not finite, a label outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { thresholdCurve } from '@deepstruct/metrics'
 *
 * thresholdCurve(array([[0.9, 0.3]]), array([[1, 0]]), [0.2, 0.5]) // values 2/3 and 1
 * ```
 */
export function thresholdCurve(
  scores: NDArray,
  labels: NDArray,
  grid: readonly number[],
  { metric = runningExampleF1() }: ThresholdOptions = {},
): readonly ThresholdPoint[] {
  const { width } = checkScores('thresholdCurve', scores, labels)
  grid.forEach((threshold, i) => checkThreshold('thresholdCurve', `grid[${i}]`, threshold))
  const cells = cellsByFallingScore(scores)
  const running = metric.start(labels)
  const values = new Map<number, number>()
  let next = 0
  for (const threshold of grid.toSorted((a, b) => b - a)) {
    for (; next < cells.length; next++) {
      const cell = cells[next] ?? 0
      if ((scores.data[cell] ?? 0) <= threshold) break
      running.include(Math.floor(cell / width), cell % width)
    }
    values.set(threshold, running.value())
  }
  return grid.map((threshold) => ({ threshold, value: values.get(threshold) ?? 0 }))
}
