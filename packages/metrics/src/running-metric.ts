import type { NDArray } from '@deepstruct/tensor'
import type { Extents } from './arguments.ts'
import { exampleF1 } from './example-f1.ts'
import { hammingLoss } from './hamming-loss.ts'
import { macroF1 } from './macro-f1.ts'
import { meanIoU } from './mean-iou.ts'
import { microF1 } from './micro-f1.ts'
import { type EmptyValue, f1Of } from './overlap.ts'
import { subsetAccuracy } from './subset-accuracy.ts'

/**
 * A metric that can follow a falling threshold. Cells become predicted one by one, and each one changes the value in
 * constant time, so that every threshold of a matrix can be tried at the cost of one sort.
 */
export interface RunningMetric {
  /** Whether the largest or the smallest value is the best. */
  readonly best: 'largest' | 'smallest'
  /** The metric itself, from predictions and labels `[examples, labels]` in {0, 1}. */
  readonly of: (predicted: NDArray, labels: NDArray) => number
  /** Starts with nothing predicted. */
  readonly start: (labels: NDArray) => RunningValue
}

/** The value of a metric while cells become predicted. */
export interface RunningValue {
  /** Predicts one more cell, which was not predicted before. */
  include(example: number, label: number): void
  /** The value now, up to rounding. */
  value(): number
}

/**
 * {@link exampleF1} for {@link selectThreshold} and {@link thresholdCurve}.
 *
 * @param options - what an example without labels and without predictions counts as
 */
export function runningExampleF1(options: EmptyValue = {}): RunningMetric {
  return {
    best: 'largest',
    of: (predicted, labels) => exampleF1(predicted, labels, options),
    start: (labels) => meanF1(labels, extentsOf(labels).examples, (example) => example, options),
  }
}

/**
 * {@link macroF1} for {@link selectThreshold} and {@link thresholdCurve}.
 *
 * @param options - the value of a label that is nowhere true and nowhere predicted
 */
export function runningMacroF1(options: EmptyValue = {}): RunningMetric {
  return {
    best: 'largest',
    of: (predicted, labels) => macroF1(predicted, labels, options),
    start: (labels) => meanF1(labels, extentsOf(labels).width, (_, label) => label, options),
  }
}

/**
 * {@link microF1} for {@link selectThreshold} and {@link thresholdCurve}.
 *
 * @param options - the value where nothing is predicted and nothing true
 */
export function runningMicroF1(options: EmptyValue = {}): RunningMetric {
  return {
    best: 'largest',
    of: (predicted, labels) => microF1(predicted, labels, options),
    start: (labels) => meanF1(labels, 1, () => 0, options),
  }
}

/** {@link hammingLoss} for {@link selectThreshold} and {@link thresholdCurve}. */
export function runningHammingLoss(): RunningMetric {
  return {
    best: 'smallest',
    of: hammingLoss,
    start(labels) {
      const { examples, width } = extentsOf(labels)
      let wrong = countTrue(labels, 1, () => 0)[0] ?? 0
      return {
        include(example, label) {
          wrong += labels.data[example * width + label] === 1 ? -1 : 1
        },
        value: () => wrong / (examples * width),
      }
    },
  }
}

/** {@link subsetAccuracy} for {@link selectThreshold} and {@link thresholdCurve}. */
export function runningSubsetAccuracy(): RunningMetric {
  return {
    best: 'largest',
    of: subsetAccuracy,
    start(labels) {
      const { examples, width } = extentsOf(labels)
      const wrong = countTrue(labels, examples, (example) => example)
      let right = wrong.filter((count) => count === 0).length
      return {
        include(example, label) {
          const before = wrong[example] ?? 0
          const after = before + (labels.data[example * width + label] === 1 ? -1 : 1)
          wrong[example] = after
          right += Number(after === 0) - Number(before === 0)
        },
        value: () => right / examples,
      }
    },
  }
}

/**
 * {@link meanIoU} for {@link selectThreshold} and {@link thresholdCurve}, of masks as rows `[images, pixels]`.
 *
 * @param options - what an image without foreground, truly and as predicted, counts as
 */
export function runningMeanIoU({ emptyValue = 1 }: EmptyValue = {}): RunningMetric {
  return {
    best: 'largest',
    of: (predicted, masks) => meanIoU(predicted, masks, { emptyValue }),
    start(masks) {
      const { examples, width } = extentsOf(masks)
      const hits = new Int32Array(examples)
      const union = countTrue(masks, examples, (example) => example)
      const iou = (example: number): number => {
        const all = union[example] ?? 0
        return all === 0 ? emptyValue : (hits[example] ?? 0) / all
      }
      let total = 0
      for (let example = 0; example < examples; example++) total += iou(example)
      return {
        include(example, pixel) {
          total -= iou(example)
          const counts = masks.data[example * width + pixel] === 1 ? hits : union
          counts[example] = (counts[example] ?? 0) + 1
          total += iou(example)
        },
        value: () => total / examples,
      }
    },
  }
}

/** The mean F1 of groups of cells: rows, columns, or all cells as one group. */
function meanF1(
  labels: NDArray,
  groups: number,
  groupOf: (example: number, label: number) => number,
  { emptyValue = 1 }: EmptyValue,
): RunningValue {
  const { width } = extentsOf(labels)
  const hits = new Int32Array(groups)
  const predicted = new Int32Array(groups)
  const actual = countTrue(labels, groups, groupOf)
  const f1 = (group: number): number =>
    f1Of(
      { hits: hits[group] ?? 0, predicted: predicted[group] ?? 0, actual: actual[group] ?? 0 },
      emptyValue,
    )
  let total = 0
  for (let group = 0; group < groups; group++) total += f1(group)
  return {
    include(example, label) {
      const group = groupOf(example, label)
      total -= f1(group)
      hits[group] = (hits[group] ?? 0) + (labels.data[example * width + label] ?? 0)
      predicted[group] = (predicted[group] ?? 0) + 1
      total += f1(group)
    },
    value: () => total / groups,
  }
}

function countTrue(
  labels: NDArray,
  groups: number,
  groupOf: (example: number, label: number) => number,
): Int32Array {
  const { width } = extentsOf(labels)
  const counts = new Int32Array(groups)
  labels.data.forEach((truth, cell) => {
    const group = groupOf(Math.floor(cell / width), cell % width)
    counts[group] = (counts[group] ?? 0) + truth
  })
  return counts
}

function extentsOf({ shape }: NDArray): Extents {
  return { examples: shape[0] ?? 0, width: shape[1] ?? 0 }
}
