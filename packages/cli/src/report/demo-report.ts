import { type MultilabelDataset, standardize } from '@deepstruct/datasets'
import type { Scored } from '@deepstruct/training'
import { writeFileAtomic } from '@deepstruct/training/node'
import type { ModelReport } from '../model/evaluate-model.ts'
import { fraction } from '../output/number.ts'
import type { TrainedModel } from '../train/train-model.ts'
import { htmlTable, page, type Section } from './page.ts'
import { comparisonPlot } from './prediction-plots.ts'
import { predictionSections } from './prediction-sections.ts'
import { learningCurves } from './training-plots.ts'

/** What a model of a comparison reached. */
export interface ComparedModel {
  /** Its name in tables. */
  readonly name: string
  /** The trained model. */
  readonly model: TrainedModel
  /** Its predictions of the test examples. */
  readonly scored: Scored
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
  test: MultilabelDataset,
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
      : (
          await predictionSections({ ...last, data: standardize(test, last.model.standardizer) })
        ).map(({ title, ...rest }) => ({ title: `${last.name}: ${title}`, ...rest }))
  await writeFileAtomic(
    path,
    page(
      'Labels that depend on each other',
      `Synthetic data with planted label dependence: ${test.featureNames.length} features, ${test.labelNames.length} labels, ${test.size} test examples.`,
      [comparison, ...learning, ...details],
    ),
  )
}
