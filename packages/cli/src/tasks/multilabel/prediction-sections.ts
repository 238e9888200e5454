import { fraction, short } from '../../output/number.ts'
import { calibrationSections } from '../../report/calibration-sections.ts'
import { energySections } from '../../report/energy-sections.ts'
import { type Html, html } from '../../report/html.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import type { MultilabelPredictions } from './multilabel-problem.ts'
import { type ModelReport, reportOf } from './multilabel-report.ts'
import { labelPlot, thresholdPlot } from './prediction-plots.ts'

const SHOWN_EXAMPLES = 8

/** What can be said of predictions: metrics, threshold, labels, inference, mistakes. */
export async function predictionSections(
  predictions: MultilabelPredictions,
): Promise<readonly Section[]> {
  const { model, predicted } = predictions
  return [
    { title: 'Results', body: [metricsTable(reportOf(predicted, model.threshold))] },
    {
      title: 'Threshold and labels',
      body: [
        thresholdPlot(predicted, model.threshold),
        labelPlot(predicted, model.threshold, model.problem.labelNames),
      ],
    },
    ...(await energySections(predictions)),
    ...(await calibrationSections(predictions)),
    {
      title: 'Examples with errors',
      note: 'Green labels were found, red ones missed, struck ones are wrong. The first examples that are not right.',
      body: [mistakes(predictions)],
    },
  ]
}

function metricsTable(report: ModelReport): Html {
  const both = (name: string, values: { 'at0.5': number; atThreshold: number }): string[] => [
    name,
    fraction(values['at0.5']),
    fraction(values.atThreshold),
  ]
  return htmlTable(
    ['', 'at 0.5', `at ${short(report.f1.threshold)}`],
    [
      both('F1, mean over examples', report.f1),
      both('F1, micro', report.microF1),
      both('F1, macro', report.macroF1),
      both('whole label set right', report.subsetAccuracy),
      both('Hamming loss', {
        'at0.5': report.hammingLoss,
        atThreshold: report.hammingLossAtThreshold,
      }),
    ],
  )
}

function mistakes({ model, predicted }: MultilabelPredictions): Html {
  const { threshold } = model
  const { labelNames } = model.problem
  const width = labelNames.length
  const rows: (readonly [string, Html])[] = []
  const examples = predicted.scores.shape[0] as number
  for (let example = 0; example < examples && rows.length < SHOWN_EXAMPLES; example++) {
    const marks = labelNames.flatMap((name, label) => {
      const isTrue = predicted.labels.data[example * width + label] === 1
      const isFound = (predicted.scores.data[example * width + label] as number) > threshold
      if (!isTrue && !isFound) return []
      return [{ name, mark: isTrue ? (isFound ? 'hit' : 'missed') : 'wrong' }]
    })
    if (marks.some(({ mark }) => mark !== 'hit'))
      rows.push([
        String(example + 1),
        html`${marks.map(({ name, mark }) => html`<span class="${mark}">${name}</span> `)}`,
      ])
  }
  return rows.length === 0 ? html`<p>None.</p>` : htmlTable(['example', 'labels'], rows, [1])
}
