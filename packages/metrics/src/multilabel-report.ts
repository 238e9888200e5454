import type { NDArray } from '@deepstruct/tensor'
import { checkScores, checkThreshold } from './arguments.ts'
import { binarize } from './binarize.ts'
import { exampleF1 } from './example-f1.ts'
import { hammingLoss } from './hamming-loss.ts'
import { macroF1 } from './macro-f1.ts'
import { microF1 } from './micro-f1.ts'
import type { EmptyValue } from './overlap.ts'
import { precisionAtK } from './precision-at-k.ts'
import { subsetAccuracy } from './subset-accuracy.ts'

/** A metric at the two thresholds of a report. */
export interface AtThresholds {
  /** Predicting scores above 0.5. */
  readonly 'at0.5': number
  /** Predicting scores above the threshold of the report. */
  readonly atThreshold: number
}

/** The example-averaged F1 at both thresholds, and the threshold. */
export interface ReportedF1 extends AtThresholds {
  /** The threshold of the report, as a rule chosen on held-out training data. */
  readonly threshold: number
}

/** What {@link multilabelReport} says; plain data, ready for `JSON.stringify`. All values are fractions. */
export interface MultilabelReport {
  /** Number of examples. */
  readonly examples: number
  /** Example-averaged F1. */
  readonly f1: ReportedF1
  /** Micro-averaged F1. */
  readonly microF1: AtThresholds
  /** Macro-averaged F1. */
  readonly macroF1: AtThresholds
  /** Share of examples whose label set is right. */
  readonly subsetAccuracy: AtThresholds
  /** Share of wrong labels when scores above 0.5 are predicted, where published Hamming figures are taken. */
  readonly hammingLoss: number
  /** Share of wrong labels when scores above the threshold of the report are predicted. */
  readonly hammingLossAtThreshold: number
  /** Precision among the k best labels, by k. */
  readonly precisionAt: Readonly<Record<string, number>>
}

/** Options of {@link multilabelReport}. */
export interface ReportOptions extends EmptyValue {
  /** Chosen on held-out training data, for instance by {@link selectThreshold}. */
  readonly threshold: number
  /** The values of k for precision at k. Default 1, 3 and 5; those above the number of labels are left out. */
  readonly precisionAt?: readonly number[]
}

/**
 * The usual metrics of multi-label scores in one object: each at 0.5 and at a chosen threshold, so that figures can
 * be set beside papers of both habits.
 *
 * @param scores - `[examples, labels]`, probabilities
 * @param labels - `[examples, labels]` in {0, 1}
 * @param options - the threshold and conventions
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 * @throws {@link @deepstruct/tensor!DomainError} for a score or a threshold that is not finite, a label outside {0, 1}
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { multilabelReport } from '@deepstruct/metrics'
 *
 * const report = multilabelReport(array([[0.9, 0.4]]), array([[1, 1]]), { threshold: 0.3 })
 * report.f1 // { 'at0.5': 2/3, atThreshold: 1, threshold: 0.3 }
 * ```
 */
export function multilabelReport(
  scores: NDArray,
  labels: NDArray,
  { threshold, emptyValue = 1, precisionAt = [1, 3, 5] }: ReportOptions,
): MultilabelReport {
  const { examples, width } = checkScores('multilabelReport', scores, labels)
  checkThreshold('multilabelReport', 'threshold', threshold)
  const atHalf = binarize(scores, 0.5)
  const atThreshold = binarize(scores, threshold)
  const both = (
    metric: (predicted: NDArray, labels: NDArray, options: EmptyValue) => number,
  ): AtThresholds => ({
    'at0.5': metric(atHalf, labels, { emptyValue }),
    atThreshold: metric(atThreshold, labels, { emptyValue }),
  })
  return {
    examples,
    f1: { ...both(exampleF1), threshold },
    microF1: both(microF1),
    macroF1: both(macroF1),
    subsetAccuracy: both(subsetAccuracy),
    hammingLoss: hammingLoss(atHalf, labels),
    hammingLossAtThreshold: hammingLoss(atThreshold, labels),
    precisionAt: Object.fromEntries(
      precisionAt
        .filter((k) => k <= width)
        .map((k) => [String(k), precisionAtK(scores, labels, k)]),
    ),
  }
}
