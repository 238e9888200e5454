import { binarize, perLabelF1, thresholdCurve } from '@deepstruct/metrics'
import type { NDArray } from '@deepstruct/tensor'
import type { Scored } from '@deepstruct/training'
import * as Plot from '@observablehq/plot'
import type { Html } from '../../report/html.ts'
import { palette, plot } from '../../report/plot.ts'

/** More bars than this would be no plot. */
const MOST_LABELS = 40
/** More letters would leave no room for the bars. */
const LONGEST_NAME = 28

/** Example-averaged F1 over the threshold, with the model's own threshold. */
export function thresholdPlot({ scores, labels }: Scored, threshold: number): Html {
  const grid = Array.from({ length: 101 }, (_, i) => i / 100)
  const curve = thresholdCurve(scores, labels, grid)
  return plot('F1 if scores above a threshold are predicted', {
    x: { label: 'threshold', domain: [0, 1] },
    y: { label: 'F1', grid: true, nice: true },
    marks: [
      Plot.lineY(curve, { x: 'threshold', y: 'value', stroke: palette[0] as string }),
      Plot.ruleX([threshold], { stroke: palette[1] as string, strokeDasharray: '4 3' }),
      Plot.text([threshold], {
        x: threshold,
        frameAnchor: 'top',
        text: [`the model's: ${threshold.toFixed(3)}`],
        fill: palette[1] as string,
        textAnchor: threshold > 0.6 ? 'end' : 'start',
        dx: threshold > 0.6 ? -4 : 4,
      }),
    ],
  })
}

/** The F1 of each label; of many labels, that of the most frequent ones. */
export function labelPlot(
  { scores, labels }: Scored,
  threshold: number,
  names: readonly string[],
): Html {
  const f1 = perLabelF1(binarize(scores, threshold), labels)
  const bars = names
    .map((name, label) => ({
      name: name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name,
      count: columnSum(labels, label),
      f1: f1.data[label] as number,
      label,
    }))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MOST_LABELS)
  const shown =
    bars.length < names.length ? ` (the ${bars.length} most frequent of ${names.length})` : ''
  const titles = new Map(bars.map(({ label, name }) => [label, name]))
  return plot(
    `F1 of each label at the model's threshold${shown}; beside it how many examples have it`,
    {
      height: 50 + 17 * bars.length,
      marginLeft: 20 + 6.5 * Math.max(...bars.map(({ name }) => name.length)),
      marginRight: 48,
      x: { label: 'F1', domain: [0, 1], grid: true },
      y: {
        label: null,
        domain: bars.map(({ label }) => label),
        tickFormat: (label: number) => titles.get(label) ?? '',
      },
      marks: [
        Plot.barX(bars, { x: 'f1', y: 'label', fill: palette[2] as string }),
        Plot.text(bars, {
          x: 1,
          y: 'label',
          text: ({ count }) => String(count),
          dx: 6,
          textAnchor: 'start',
        }),
      ],
    },
  )
}

function columnSum({ shape, data }: NDArray, column: number): number {
  const [rows = 0, width = 0] = shape
  let sum = 0
  for (let row = 0; row < rows; row++) sum += data[row * width + column] as number
  return sum
}
