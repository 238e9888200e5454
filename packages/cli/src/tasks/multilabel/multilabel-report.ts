import { type MultilabelReport, multilabelReport } from '@deepstruct/metrics'
import { type Figures, figuresOf } from '../../model/figures-of.ts'
import { fraction, short } from '../../output/number.ts'
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
      ['examples', String(facts.examples)],
      ['F1 @ 0.5', fraction(facts.f1['at0.5'])],
      ['F1 @ threshold', fraction(facts.f1.atThreshold)],
      ['threshold', short(facts.f1.threshold)],
      ['Hamming loss', fraction(facts.hammingLoss)],
      ['examples/s', facts.examplesPerSecond.toFixed(0)],
    ],
  }
}
