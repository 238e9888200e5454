import { jit, type Tensor } from '@deepstruct/tensor'
import type { Labeled, Parameters } from '@deepstruct/training'
import * as Plot from '@observablehq/plot'
import type { Predictions } from '../tasks/task.ts'
import { firstExamples } from './first-examples.ts'
import type { Html } from './html.ts'
import type { Section } from './page.ts'
import { palette, plot } from './plot.ts'
import { wayOfInference } from './way-of-inference.ts'

// Each is solved several times.
const EXAMPLES = 16
const BINS = 10

/** A value as the model predicts it, with the true one. */
export interface ValuePair {
  /** What the model says, in [0, 1]. */
  readonly predicted: number
  /** What is true, in [0, 1]. */
  readonly actual: number
}

/** True against predicted values of outputs on the way of inference, and of true outputs; nothing for families that predict no values. */
export async function calibrationSections({
  model,
  data,
}: Pick<Predictions, 'model' | 'data'>): Promise<readonly Section[]> {
  const { family, settings, problem, parameters } = model
  if (family.values === undefined) return []
  const values = family.values(settings, problem.sizes)
  const run = jit((params: Parameters, examples: Labeled, y: Tensor) => ({
    ...values(params, examples, y),
  }))
  const examples = firstExamples(data, EXAMPLES)
  const way = await wayOfInference(model, examples.x)
  const pairs: ValuePair[] = []
  for (const y of [...way.map((point) => point.y), examples.y]) {
    const { predicted, actual } = await run(parameters, examples, y)
    for (const [row, value] of predicted.data.entries())
      pairs.push({ predicted: value, actual: actual.data[row] as number })
  }
  return [
    {
      title: 'Values',
      note: 'What the model says an output is worth, against what it is worth: outputs on the way of inference, and true ones. On the dashed line they are the same.',
      body: [calibrationPlot(pairs)],
    },
  ]
}

/** True against predicted values, each as a dot, and their means in bins of predicted ones as a line. */
function calibrationPlot(pairs: readonly ValuePair[]): Html {
  return plot('true against predicted value; the line joins the means of ten ranges', {
    width: 360,
    height: 340,
    x: { label: 'predicted value', domain: [0, 1] },
    y: { label: 'true value', domain: [0, 1], grid: true },
    marks: [
      Plot.line(
        [
          [0, 0],
          [1, 1],
        ],
        { stroke: 'currentColor', strokeDasharray: '4 3', strokeOpacity: 0.5 },
      ),
      Plot.dot(pairs, {
        x: 'predicted',
        y: 'actual',
        r: 2,
        fill: palette[0] as string,
        fillOpacity: 0.35,
      }),
      Plot.lineY(calibrationCurve(pairs), {
        x: 'predicted',
        y: 'actual',
        stroke: palette[1] as string,
      }),
      Plot.dot(calibrationCurve(pairs), {
        x: 'predicted',
        y: 'actual',
        r: 3,
        fill: palette[1] as string,
      }),
    ],
  })
}

/** The means of both values in equal ranges of the predicted ones, where there are any. */
export function calibrationCurve(pairs: readonly ValuePair[]): readonly ValuePair[] {
  return Array.from({ length: BINS }, (_, bin) =>
    pairs.filter(({ predicted }) => Math.min(Math.floor(predicted * BINS), BINS - 1) === bin),
  )
    .filter(({ length }) => length > 0)
    .map((inside) => ({
      predicted: meanOf(inside.map(({ predicted }) => predicted)),
      actual: meanOf(inside.map(({ actual }) => actual)),
    }))
}

function meanOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0) / values.length
}
