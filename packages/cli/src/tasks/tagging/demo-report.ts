import type { TaggedDataset } from '@deepstruct/datasets'
import { fraction, rounded } from '../../output/number.ts'
import { comparisonPlot } from '../../report/comparison-plot.ts'
import { writeComparisonReport } from '../../report/comparison-report.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import type { ComparedModel } from '../../train/train-contenders.ts'
import type { TaggingProblem } from './tagging-problem.ts'
import type { TagReport } from './tagging-report.ts'

/** A model of a comparison with its metrics on the test sentences. */
export interface Result extends ComparedModel<'tagging', TaggingProblem, TaggedDataset> {
  /** The metrics. */
  readonly report: TagReport
}

/** Writes the page of the demonstration. */
export async function writeDemoReport(path: string, results: readonly Result[]): Promise<void> {
  await writeComparisonReport(
    path,
    {
      title: 'Tags that follow each other',
      summary: 'Synthetic sentences of a hidden Markov model.',
    },
    comparisonSection(results),
    results,
  )
}

/** The results of models of tags side by side. */
function comparisonSection(results: readonly Result[]): Section {
  return {
    title: 'Comparison',
    note: 'Share of test tokens whose tag is right. Half of the words may have any tag, so only the tags around them tell.',
    body: [
      comparisonPlot(
        'token accuracy on the test sentences',
        'token accuracy',
        results.map(({ name, report }) => ({ name, value: report.tokenAccuracy })),
      ),
      htmlTable(
        ['', 'token accuracy', 'macro F1', 'sentences/s'],
        results.map(({ name, report }) => [
          name,
          fraction(report.tokenAccuracy),
          fraction(report.macroF1),
          rounded(report.examplesPerSecond),
        ]),
      ),
    ],
  }
}
