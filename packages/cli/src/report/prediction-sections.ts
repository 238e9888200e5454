import type { MultilabelDataset } from '@deepstruct/datasets'
import { jit, type NDArray, type Tensor } from '@deepstruct/tensor'
import type { Parameters, Scored } from '@deepstruct/training'
import type { ModelReport } from '../model/evaluate-model.ts'
import { solverOf, type UsableModel } from '../model/usable-model.ts'
import { fraction, short } from '../output/number.ts'
import { type Html, html } from './html.ts'
import { htmlTable, type Section } from './page.ts'
import { energyPlot, labelPlot, thresholdPlot } from './prediction-plots.ts'

/** A model and what it predicted. */
export interface Predictions {
  /** The model. */
  readonly model: UsableModel
  /** Its scores with the truth. */
  readonly scored: Scored
  /** Its metrics. */
  readonly report: ModelReport
  /** The examples, standardized. */
  readonly data: MultilabelDataset
}

const SHOWN_EXAMPLES = 8
const TRACED_EXAMPLES = 5

/** What can be said of predictions: metrics, threshold, labels, inference, mistakes. */
export async function predictionSections(predictions: Predictions): Promise<readonly Section[]> {
  const { model, scored, report } = predictions
  const trace = await traceOf(predictions)
  return [
    { title: 'Results', body: [metricsTable(report)] },
    {
      title: 'Threshold and labels',
      body: [
        thresholdPlot(scored, model.threshold),
        labelPlot(scored, model.threshold, model.labelNames),
      ],
    },
    ...(trace === undefined ? [] : [{ title: 'Inference', body: [energyPlot(trace)] }]),
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

/** The energies along inference, where the family's solver reports them. */
async function traceOf({ model, data }: Predictions): Promise<NDArray | undefined> {
  const solve = solverOf(model)
  const run = jit(
    (params: Parameters, x: Tensor) => {
      const { trace } = solve(params, x)
      return trace === undefined ? {} : { trace }
    },
    { name: 'trace' },
  )
  const rows = Array.from({ length: Math.min(TRACED_EXAMPLES, data.size) }, (_, i) => i)
  const { trace } = await run(model.parameters, data.batch(rows).x)
  return trace
}

function mistakes({ model, scored }: Predictions): Html {
  const { labelNames, threshold } = model
  const width = labelNames.length
  const rows: (readonly [string, Html])[] = []
  const examples = scored.scores.shape[0] as number
  for (let example = 0; example < examples && rows.length < SHOWN_EXAMPLES; example++) {
    const marks = labelNames.flatMap((name, label) => {
      const isTrue = scored.labels.data[example * width + label] === 1
      const isFound = (scored.scores.data[example * width + label] as number) > threshold
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
