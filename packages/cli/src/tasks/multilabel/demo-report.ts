import type { MultilabelDataset } from '@deepstruct/datasets'
import { writeFileAtomic } from '@deepstruct/training/node'
import { fraction } from '../../output/number.ts'
import { comparisonPlot } from '../../report/comparison-plot.ts'
import { htmlTable, page, type Section } from '../../report/page.ts'
import { learningCurves } from '../../report/training-plots.ts'
import type { TrainedModel } from '../../train/train-model.ts'
import type { MultilabelPredictions, MultilabelProblem } from './multilabel-problem.ts'
import type { ModelReport } from './multilabel-report.ts'
import { multilabelTask } from './multilabel-task.ts'
import { predictionSections } from './prediction-sections.ts'

/** What a model of a comparison reached on the test examples. */
export interface ComparedModel extends MultilabelPredictions {
  /** Its name in tables. */
  readonly name: string
  /** The trained model. */
  readonly model: TrainedModel<'multilabel', MultilabelProblem, MultilabelDataset>
  /** Its metrics on the test examples. */
  readonly report: ModelReport
}

/** A known bound of the F1. */
export interface Bound {
  /** Of which predictors. */
  readonly name: string
  /** The expected F1. */
  readonly value: number
}

/** Writes the page of the demo: the comparison, the course of each training, and the last model in detail. */
export async function writeDemoReport(
  path: string,
  results: readonly ComparedModel[],
  bounds: readonly Bound[],
): Promise<void> {
  const comparison: Section = {
    title: 'Comparison',
    note: 'Example-averaged F1 on the test examples, at the threshold that was best on held-out training examples. The joint distribution of the labels is known, so the ceilings are computed: what the best single threshold on the exact marginals reaches, and what no predictor can exceed.',
    body: [
      comparisonPlot(
        'F1 on the test examples',
        results.map(({ name, report }) => ({ name, value: report.f1.atThreshold })),
        bounds,
      ),
      htmlTable(
        ['', 'F1 @ dev threshold', 'F1 @ 0.5', 'Hamming loss'],
        [
          ...results.map(({ name, report }) => [
            name,
            fraction(report.f1.atThreshold),
            fraction(report.f1['at0.5']),
            fraction(report.hammingLoss),
          ]),
          ...bounds.map(({ name, value }) => [`ceiling: ${name}`, fraction(value), '', '']),
        ],
      ),
    ],
  }
  const learning = results.map(({ name, model }): Section => ({
    title: `Learning: ${name}`,
    body: learningCurves(model.history),
  }))
  const last = results.at(-1)
  const details =
    last === undefined
      ? []
      : (await predictionSections(last)).map(({ title, ...rest }) => ({
          title: `${last.name}: ${title}`,
          ...rest,
        }))
  const about =
    last === undefined
      ? ''
      : `: ${multilabelTask.describe(last.model.problem)}, ${last.data.size} test examples`
  await writeFileAtomic(
    path,
    page(
      'Labels that depend on each other',
      `Synthetic data with planted label dependence${about}.`,
      [comparison, ...learning, ...details],
    ),
  )
}
