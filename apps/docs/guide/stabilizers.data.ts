import type { StabilizedGame, StabilizerEpoch } from '../../../benchmarks/src/stabilizers.ts'
import { curvesPlot } from '../.vitepress/curves-plot.ts'
import { readRuns } from '../.vitepress/read-results.ts'

/** The curves of a set, group by group, and where its games have ended. */
export interface StabilizerCurves {
  readonly set: string
  readonly groups: readonly { readonly title: string; readonly plots: readonly string[] }[]
  readonly games: readonly StabilizedGame[]
}

declare const data: readonly StabilizerCurves[]
export { data }

const figures: readonly (readonly [Exclude<keyof StabilizerEpoch, 'epoch'>, string])[] = [
  ['f1', 'F1 on held-out examples, percent'],
  ['gap', 'E(truth) − E(output)'],
  ['entropy', 'entropy of an output, nats per label'],
  ['distance', 'distance to the pretrained network'],
]

const groups: readonly (readonly [title: string, variants: readonly string[]])[] = [
  [
    'Terms of the loss',
    ['nothing', 'pull 1', 'pull 10', 'entropy 1', 'cross-entropy 1', 'L2 0.001'],
  ],
  [
    'Steps, rates, and all together',
    ['nothing', 'clipping 1', 'dropout', 'hinge truncated', 'as published', 'low rates, pull 1'],
  ],
]

// The form that VitePress asks for.
// oxlint-disable-next-line import/no-default-export
export default {
  load(): readonly StabilizerCurves[] {
    const games = readRuns<StabilizedGame>('stabilizers.json')
    return [...new Set(games.map(({ set }) => set))].map((set) => {
      const own = games.filter((game) => game.set === set)
      return {
        set,
        games: own,
        groups: groups.map(([title, variants]) => ({
          title,
          plots: figures.map(([figure, label]) => plot(own, variants, figure, label)),
        })),
      }
    })
  },
}

function plot(
  games: readonly StabilizedGame[],
  variants: readonly string[],
  figure: Exclude<keyof StabilizerEpoch, 'epoch'>,
  label: string,
): string {
  const shown = games.filter(({ variant }) => variants.includes(variant))
  const points = shown.flatMap(({ variant, epochs }) =>
    epochs.map((epoch) => ({ curve: variant, x: epoch.epoch, y: epoch[figure] })),
  )
  return curvesPlot(points, { x: 'epoch', y: label })
}
