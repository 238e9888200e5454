import * as Plot from '@observablehq/plot'
import { staticPlot } from './static-plot.ts'

/** A point of a curve. */
export interface CurvePoint {
  /** The curve that it belongs to. */
  readonly curve: string
  readonly x: number
  readonly y: number
  /** What stands beside it; default nothing. */
  readonly note?: string
}

const colors = ['#3b82d0', '#d0643b', '#3ba06b', '#8b5fd0', '#b08a1e', '#c0487f']
/** The end of a curve's name stands right of it. */
const marginForNames = 130

/** Curves over two linear axes as static SVG, each with its name at its end. */
export function curvesPlot(
  points: readonly CurvePoint[],
  axes: { readonly x: string; readonly y: string; readonly logarithmic?: 'x' },
): string {
  const last = [...new Map(points.map((point) => [point.curve, point])).values()]
  const noted = points.filter(({ note }) => note !== undefined)
  return staticPlot({
    width: 640,
    height: 320,
    marginLeft: 50,
    marginRight: marginForNames,
    x: { label: axes.x, type: axes.logarithmic === 'x' ? 'log' : 'linear', tickFormat: '~r' },
    y: { label: axes.y, grid: true },
    color: { range: colors, domain: last.map(({ curve }) => curve) },
    marks: [
      Plot.lineY(points, { x: 'x', y: 'y', z: 'curve', stroke: 'curve' }),
      Plot.dot(points, { x: 'x', y: 'y', fill: 'curve', r: 2.5 }),
      Plot.text(noted, { x: 'x', y: 'y', text: 'note', dy: -9, fill: 'currentColor' }),
      Plot.text(apart(last, 13 / 250), {
        x: 'x',
        y: 'at',
        text: 'curve',
        fill: 'curve',
        textAnchor: 'start',
        dx: 8,
      }),
    ],
  })
}

/** Where names can stand without covering each other: at the ends of their curves, moved up where they are closer than this share. */
function apart(
  ends: readonly CurvePoint[],
  share: number,
): readonly (CurvePoint & { readonly at: number })[] {
  const heights = ends.map(({ y }) => y)
  const room = share * (Math.max(...heights) - Math.min(...heights) || 1) * 1.2
  let lowest = -Infinity
  return [...ends]
    .toSorted((a, b) => a.y - b.y)
    .map((end) => {
      lowest = Math.max(end.y, lowest + room)
      return { ...end, at: lowest }
    })
}
