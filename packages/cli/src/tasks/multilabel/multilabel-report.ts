import { type MultilabelReport, multilabelReport } from '@deepstruct/metrics'
import { type Figures, figuresOf } from '../../model/figures-of.ts'
import { fraction, rounded, short } from '../../output/number.ts'
import type { Predicted, Report } from '../task.ts'

/** The metrics of a model of label sets on a data set, and how prediction went. */
export type ModelReport = MultilabelReport & Figures

/** Metrics of predicted label sets at a threshold, as plain data. */
export function reportOf(predicted: Predicted, threshold: number): ModelReport {
  const { scores, labels } = predicted
  const { examples, f1, hammingLoss, ...further } = multilabelReport(scores, labels, { threshold })
  return { examples, f1, hammingLoss, ...figuresOf(predicted), ...further }
}

/** Metrics of predicted label sets at a threshold. */
export function measure(predicted: Predicted, threshold: number): Report {
  const facts = reportOf(predicted, threshold)
  return {
    facts: { ...facts },
    columns: [
      ['examples', facts.examples, String],
      ['F1 @ 0.5', facts.f1['at0.5'], fraction],
      ['F1 @ threshold', facts.f1.atThreshold, fraction],
      ['threshold', facts.f1.threshold, short],
      ['Hamming loss', facts.hammingLoss, fraction],
      ['examples/s', facts.examplesPerSecond, rounded],
    ],
  }
}
