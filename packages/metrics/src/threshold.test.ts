import { array, DomainError, type NDArray, ndarray, ShapeError } from '@deepstruct/tensor'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  binarize,
  runningExampleF1,
  runningHammingLoss,
  runningMacroF1,
  runningMeanIoU,
  type RunningMetric,
  runningMicroF1,
  runningSubsetAccuracy,
  selectThreshold,
  thresholdCurve,
} from './index.ts'

const metrics: readonly (readonly [string, RunningMetric])[] = [
  ['example F1', runningExampleF1()],
  ['example F1, empty 0', runningExampleF1({ emptyValue: 0 })],
  ['micro F1', runningMicroF1()],
  ['macro F1', runningMacroF1()],
  ['macro F1, empty 0', runningMacroF1({ emptyValue: 0 })],
  ['mean IoU', runningMeanIoU()],
  ['mean IoU, empty 0', runningMeanIoU({ emptyValue: 0 })],
  ['Hamming loss', runningHammingLoss()],
  ['subset accuracy', runningSubsetAccuracy()],
]

// Few distinct scores, so that ties between cells are the rule; the grid is exact in float32.
const problem = fc
  .record({ examples: fc.integer({ min: 1, max: 5 }), width: fc.integer({ min: 1, max: 5 }) })
  .chain(({ examples, width }) => {
    const size = { minLength: examples * width, maxLength: examples * width }
    return fc.record({
      scores: fc.array(fc.integer({ min: -8, max: 8 }), size).map((values) =>
        ndarray(
          Float32Array.from(values, (value) => value / 8),
          [examples, width],
        ),
      ),
      labels: fc
        .array(fc.constantFrom(0, 1), size)
        .map((values) => ndarray(Uint8Array.from(values), [examples, width])),
    })
  })

describe('binarize', () => {
  it('is strict: a score equal to the threshold is not predicted', () => {
    expect(binarize(array([[0.25, 0.5, 0.75]]), 0.5)).toEqual(array([[0, 0, 1]], 'bool'))
  })

  it('keeps the shape', () => {
    expect(binarize(ndarray(new Float32Array(8), [2, 2, 2])).shape).toEqual([2, 2, 2])
  })

  it('refuses numbers that are not finite', () => {
    expect(() => binarize(array([[0, Number.NaN]]))).toThrow(DomainError)
    expect(() => binarize(array([[0, Number.NaN]]))).toThrow(
      'binarize: scores[0, 1] is NaN, expected a finite number',
    )
    expect(() => binarize(array([[0]]), Number.NaN)).toThrow(DomainError)
  })
})

describe('selectThreshold', () => {
  it.each(metrics)('finds the value that trying every threshold finds: %s', (_, metric) => {
    fc.assert(
      fc.property(problem, ({ scores, labels }) => {
        const { threshold, value } = selectThreshold(scores, labels, { metric })
        const every = [...scores.data, -2, 2].map((tried) =>
          metric.of(binarize(scores, tried), labels),
        )
        const best = metric.best === 'largest' ? Math.max(...every) : Math.min(...every)
        expect(value).toBeCloseTo(best, 8)
        expect(value).toBe(metric.of(binarize(scores, threshold), labels))
      }),
    )
  })

  it('takes the widest best range, as trying every score shows', () => {
    fc.assert(
      fc.property(problem, ({ scores, labels }) => {
        const { threshold, value } = selectThreshold(scores, labels)
        expect(rangeAround(threshold, scores, labels, value)).toBeGreaterThanOrEqual(
          widestInnerRange(scores, labels, value) - 1e-6,
        )
      }),
    )
  })

  it('is the middle of the range', () => {
    expect(
      selectThreshold(
        array([
          [0.75, 0.25],
          [0.5, 0],
        ]),
        array([
          [1, 0],
          [1, 0],
        ]),
      ),
    ).toEqual({ threshold: 0.375, value: 1 })
  })

  it('prefers the wider of two best ranges, and the higher of equally wide ones', () => {
    // Hamming loss is 1/4 in [0.5, 0.75) and in [0, 0.25), 1/2 between them.
    const labels = array([[1, 0, 1, 0]])
    const metric = runningHammingLoss()
    expect(selectThreshold(array([[0.75, 0.5, 0.25, 0]]), labels, { metric })).toEqual({
      threshold: 0.625,
      value: 0.25,
    })
    expect(selectThreshold(array([[0.75, 0.5, 0.25, -0.5]]), labels, { metric })).toEqual({
      threshold: -0.125,
      value: 0.25,
    })
  })

  it('can predict nothing and everything', () => {
    const scores = array([[0.25, 0.75]])
    const nothing = selectThreshold(scores, array([[0, 0]]))
    expect(nothing).toEqual({ threshold: 1, value: 1 })
    const everything = selectThreshold(scores, array([[1, 1]]))
    expect(everything).toEqual({ threshold: 0, value: 1 })
    expect(selectThreshold(array([[0.5]]), array([[1]]))).toEqual({ threshold: 0, value: 1 })
  })

  it('separates scores that are neighbors in float32', () => {
    const low = Math.fround(0.3)
    const high = Math.fround(low + 2 ** -25)
    expect(high).toBeGreaterThan(low)
    const scores = ndarray(Float32Array.of(high, low), [1, 2])
    const { threshold, value } = selectThreshold(scores, array([[1, 0]]))
    expect(value).toBe(1)
    expect(threshold).toBe(low)
  })

  it('does not depend on the order of the rows', () => {
    const scores = array([
      [0.9, 0.2, 0.4],
      [0.3, 0.8, 0.1],
      [0.6, 0.5, 0.7],
    ])
    const labels = array([
      [1, 0, 1],
      [0, 1, 0],
      [1, 0, 1],
    ])
    expect(selectThreshold(reversedRows(scores), reversedRows(labels))).toEqual(
      selectThreshold(scores, labels),
    )
  })

  it('shows no drift after many updates', () => {
    const examples = 30
    const width = 40
    const scores = Float32Array.from(
      { length: examples * width },
      (_, i) => ((i * 7919) % 3001) / 3001,
    )
    const labels = Float32Array.from(scores, (score, i) => Number(score > 0.4 + (i % 7) / 14))
    const shape = [examples, width]
    const { value } = selectThreshold(ndarray(scores, shape), ndarray(labels, shape))
    const every = Array.from(scores, (tried) =>
      runningExampleF1().of(binarize(ndarray(scores, shape), tried), ndarray(labels, shape)),
    )
    expect(value).toBeCloseTo(Math.max(...every), 9)
  })

  it('refuses bad input with typed errors', () => {
    const good = array([[0.1, 0.9]])
    expect(() => selectThreshold(good, array([[1]]))).toThrow(ShapeError)
    expect(() => selectThreshold(good, array([[1, 2]]))).toThrow(DomainError)
    expect(() => selectThreshold(array([[0, Number.NaN]]), array([[1, 1]]))).toThrow(
      'selectThreshold: scores[0, 1] is NaN, expected a finite number',
    )
    const empty = ndarray(new Float32Array(0), [0, 2])
    expect(() => selectThreshold(empty, empty)).toThrow(ShapeError)
  })
})

describe('thresholdCurve', () => {
  it.each(metrics)('equals the metric at each threshold: %s', (_, metric) => {
    const grid = fc.array(fc.integer({ min: -9, max: 9 }).map((value) => value / 8))
    fc.assert(
      fc.property(problem, grid, ({ scores, labels }, thresholds) => {
        const curve = thresholdCurve(scores, labels, thresholds, { metric })
        expect(curve.map(({ threshold }) => threshold)).toEqual(thresholds)
        for (const { threshold, value } of curve)
          expect(value).toBeCloseTo(metric.of(binarize(scores, threshold), labels), 9)
      }),
    )
  })

  it('refuses a threshold that is not finite', () => {
    expect(() => thresholdCurve(array([[0]]), array([[0]]), [0, Number.NaN])).toThrow(
      'thresholdCurve: grid[1] is NaN, expected a finite number',
    )
  })
})

function reversedRows({ data, shape: [examples = 0, width = 0] }: NDArray): NDArray {
  const cells = Array.from(data, (_, i) => {
    const row = examples - 1 - Math.floor(i / width)
    return data[row * width + (i % width)] ?? 0
  })
  return ndarray(cells, [examples, width])
}

/** How far a threshold can move, up and down together, without a change of value, among the scores' own range. */
function rangeAround(threshold: number, scores: NDArray, labels: NDArray, value: number): number {
  const ends = ascending(scores)
  const same = (tried: number): boolean =>
    Math.abs(runningExampleF1().of(binarize(scores, tried), labels) - value) < 1e-9
  let low = ends.findLastIndex((end) => end <= threshold)
  let high = low + 1
  while (low > 0 && same(ends[low - 1] ?? 0)) low--
  while (high < ends.length && same(ends[high] ?? 0)) high++
  // Beyond the outermost scores the range is open; there it counts as wide enough.
  if (low < 0 || high >= ends.length) return Infinity
  return (ends[high] ?? 0) - (ends[low] ?? 0)
}

/** The widest stretch between two scores where the metric has this value. */
function widestInnerRange(scores: NDArray, labels: NDArray, value: number): number {
  const ends = ascending(scores)
  let widest = 0
  let width = 0
  for (let i = 0; i + 1 < ends.length; i++) {
    const here = runningExampleF1().of(binarize(scores, ends[i] ?? 0), labels)
    width = Math.abs(here - value) < 1e-9 ? width + (ends[i + 1] ?? 0) - (ends[i] ?? 0) : 0
    widest = Math.max(widest, width)
  }
  return widest
}

function ascending(scores: NDArray): readonly number[] {
  const ends = [...new Set(scores.data)]
  ends.sort((a, b) => a - b)
  return ends
}
