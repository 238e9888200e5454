import * as Plot from '@observablehq/plot'
import { fraction } from '../output/number.ts'
import type { Html } from './html.ts'
import { palette, plot } from './plot.ts'

/** A bar of a {@link comparisonPlot}. */
export interface Bar {
  /** The model. */
  readonly name: string
  /** Its value. */
  readonly value: number
  /** The standard deviation of the value, drawn as a line to both sides. */
  readonly spread?: number
}

/** Bars of one value for each model, with known bounds as rules. */
export function comparisonPlot(
  caption: string,
  metric: string,
  bars: readonly Bar[],
  bounds: readonly { readonly name: string; readonly value: number }[] = [],
): Html {
  return plot(caption, {
    height: 90 + 34 * bars.length,
    marginTop: 24 + 14 * bounds.length,
    marginLeft: 20 + 6.5 * Math.max(...bars.map(({ name }) => name.length)),
    marginRight: 48,
    x: {
      label: metric,
      domain: [0, Math.max(...bars.map(upper), ...bounds.map(({ value }) => value)) * 1.05],
      grid: true,
    },
    y: { label: null, domain: bars.map(({ name }) => name) },
    marks: [
      Plot.barX(bars, { x: 'value', y: 'name', fill: palette[0] as string }),
      Plot.ruleY(
        bars.filter(({ spread = 0 }) => spread > 0),
        { x1: lower, x2: upper, y: 'name', stroke: 'currentColor', strokeWidth: 1.5 },
      ),
      Plot.text(bars, {
        x: upper,
        y: 'name',
        text: ({ value }) => fraction(value),
        dx: 5,
        textAnchor: 'start',
      }),
      ...bounds.flatMap(({ name, value }, i) => [
        Plot.ruleX([value], { stroke: palette[1] as string, strokeDasharray: '4 3' }),
        Plot.text([value], {
          x: value,
          frameAnchor: 'top',
          text: [`${name} ${fraction(value)}`],
          textAnchor: 'end',
          dx: -4,
          dy: -14 * (i + 1),
          fill: palette[1] as string,
        }),
      ]),
    ],
  })
}

function lower({ value, spread = 0 }: Bar): number {
  return value - spread
}

function upper({ value, spread = 0 }: Bar): number {
  return value + spread
}
