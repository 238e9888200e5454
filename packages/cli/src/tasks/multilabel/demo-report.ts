import type { MultilabelDataset } from '@deepstruct/datasets'
import { fraction } from '../../output/number.ts'
import { comparisonPlot } from '../../report/comparison-plot.ts'
import { writeComparisonReport } from '../../report/comparison-report.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import type { ComparedModel } from '../../train/train-contenders.ts'
import type { MultilabelProblem } from './multilabel-problem.ts'
import type { ModelReport } from './multilabel-report.ts'

/** A model of a comparison with its metrics on the test examples. */
export interface Result extends ComparedModel<'multilabel', MultilabelProblem, MultilabelDataset> {
  /** The metrics. */
  readonly report: ModelReport
}

/** A known bound of the F1. */
export interface Bound {
  /** Of which predictors. */
  readonly name: string
  /** The expected F1. */
  readonly value: number
}

/** Writes the page of the demonstration. */
export async function writeDemoReport(
  path: string,
  results: readonly Result[],
  bounds: readonly Bound[],
): Promise<void> {
  await writeComparisonReport(
    path,
    {
      title: 'Labels that depend on each other',
      summary: 'Synthetic data with planted label dependence.',
    },
    comparisonSection(results, bounds),
    results,
  )
}

/** The results of models of label sets side by side, with what can be reached. */
function comparisonSection(results: readonly Result[], bounds: readonly Bound[]): Section {
  return {
    title: 'Comparison',
    note: 'Example-averaged F1 on the test examples, at the threshold that was best on held-out training examples. The joint distribution of the labels is known, so the ceilings are computed: what the best single threshold on the exact marginals reaches, and what no predictor can exceed.',
    body: [
      comparisonPlot(
        'F1 on the test examples',
        'F1',
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
}
