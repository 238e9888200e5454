import * as Plot from '@observablehq/plot'
import type { GrowthPoint } from '../../../benchmarks/src/speed/growth.ts'
import { staticPlot } from './static-plot.ts'

const titles: Readonly<Record<GrowthPoint['of'], string>> = {
  batch: 'rows of a batch',
  labels: 'labels',
  steps: 'steps of inference',
}

/** Time against a size as static SVG, both on logarithmic axes: a straight line at 45° is linear growth. */
export function growthPlot(points: readonly GrowthPoint[], of: GrowthPoint['of']): string {
  const own = points.filter((point) => point.of === of)
  return staticPlot({
    width: 640,
    height: 300,
    marginLeft: 60,
    x: { type: 'log', label: titles[of], tickFormat: 'd' },
    y: { type: 'log', label: 'milliseconds, median', grid: true, tickFormat: '~r' },
    marks: [
      Plot.lineY(own, { x: 'size', y: 'medianMs', stroke: '#3b82d0' }),
      Plot.dot(own, { x: 'size', y: 'medianMs', fill: '#3b82d0', r: 3 }),
      Plot.text(own, {
        x: 'size',
        y: 'medianMs',
        text: ({ medianMs }: GrowthPoint) => String(Number(medianMs.toPrecision(2))),
        dy: -10,
        fill: 'currentColor',
      }),
    ],
  })
}
