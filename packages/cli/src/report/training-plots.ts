import type { EpochRecord } from '@deepstruct/training'
import * as Plot from '@observablehq/plot'
import type { Html } from './html.ts'
import { palette, plot } from './plot.ts'

/** The course of training: the losses of each phase, and the score on held-out data over all phases. */
export function learningCurves(history: readonly EpochRecord[]): readonly Html[] {
  const phases = [...new Set(history.map(({ phase }) => phase))]
  const losses = phases.flatMap((phase) => {
    const points = history
      .filter((record) => record.phase === phase)
      .flatMap(({ epoch, train }) =>
        Object.entries(train)
          .filter(([name]) => name === 'loss' || name.endsWith('.loss'))
          .map(([name, value]) => ({ epoch, name, value })),
      )
    if (points.length === 0) return []
    const names = [...new Set(points.map(({ name }) => name))]
    return [
      plot(`${phase}: training loss`, {
        x: { label: 'epoch', tickFormat: 'd' },
        y: { label: 'loss', grid: true, nice: true },
        color: { domain: names, range: [...palette] },
        marks: [
          Plot.lineY(points, { x: 'epoch', y: 'value', stroke: 'name' }),
          Plot.dot(points, { x: 'epoch', y: 'value', fill: 'name', r: 2 }),
          ...(names.length > 1
            ? [
                Plot.text(
                  points,
                  Plot.selectLast({
                    x: 'epoch',
                    y: 'value',
                    z: 'name',
                    text: 'name',
                    dx: 6,
                    textAnchor: 'start',
                  }),
                ),
              ]
            : []),
        ],
      }),
    ]
  })
  // Epoch 0 of a phase is the state it was given, at the place of the epoch before.
  let offset = 0
  const scores = phases.flatMap((phase) => {
    const records = history.filter((record) => record.phase === phase)
    const points = records.flatMap(({ epoch, dev }) =>
      dev === undefined ? [] : [{ phase, epoch: offset + epoch, score: dev.score }],
    )
    offset += records.at(-1)?.epoch ?? 0
    return points
  })
  if (scores.length === 0) return losses
  return [
    plot('score on held-out data, phase after phase', {
      x: { label: 'epoch', tickFormat: 'd' },
      y: { label: 'dev score', grid: true, nice: true },
      color: { domain: phases, range: [...palette] },
      marks: [
        Plot.lineY(scores, { x: 'epoch', y: 'score', stroke: 'phase' }),
        Plot.dot(scores, { x: 'epoch', y: 'score', fill: 'phase', r: 2 }),
        Plot.text(
          scores,
          Plot.selectLast({
            x: 'epoch',
            y: 'score',
            z: 'phase',
            text: 'phase',
            fill: 'phase',
            dy: -10,
            textAnchor: 'end',
          }),
        ),
      ],
    }),
    ...losses,
  ]
}
