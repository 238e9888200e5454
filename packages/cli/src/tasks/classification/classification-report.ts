import { macroF1, perLabelF1 } from '@deepstruct/metrics'
import { highestClass } from '@deepstruct/training'
import { type Figures, figuresOf } from '../../model/figures-of.ts'
import { fraction, rounded } from '../../output/number.ts'
import type { Predicted, Report } from '../task.ts'

/** The metrics of a model of classes on a data set; all values are fractions. */
export interface ClassReport extends Figures {
  /** Number of examples. */
  readonly examples: number
  /** Share of examples whose class is right. */
  readonly accuracy: number
  /** Mean F1 of the classes; one that nothing has and nothing got counts as 1. */
  readonly macroF1: number
  /** F1 of each class, in order. */
  readonly f1: readonly number[]
}

/** Metrics of predicted classes, as plain data. */
export function reportOf(predicted: Predicted): ClassReport {
  const { scores, labels } = predicted
  const chosen = highestClass(scores)
  const examples = labels.shape[0] as number
  const right = chosen.data.reduce((hits, one, i) => hits + one * (labels.data[i] as number), 0)
  return {
    examples,
    accuracy: right / examples,
    macroF1: macroF1(chosen, labels),
    f1: [...perLabelF1(chosen, labels).data],
    ...figuresOf(predicted),
  }
}

/** Metrics of predicted classes. */
export function measure(predicted: Predicted): Report {
  const facts = reportOf(predicted)
  return {
    facts: { ...facts },
    columns: [
      ['examples', facts.examples, String],
      ['accuracy', facts.accuracy, fraction],
      ['macro F1', facts.macroF1, fraction],
      ['examples/s', facts.examplesPerSecond, rounded],
    ],
  }
}
