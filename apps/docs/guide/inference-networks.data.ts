import type { AnsweringSpeed, TrainedNetwork } from '../../../benchmarks/src/inference-network.ts'
import { spread } from '../../../benchmarks/src/spread.ts'
import type { WarmStart } from '../../../benchmarks/src/warm-start.ts'
import { curvesPlot } from '../.vitepress/curves-plot.ts'
import { readRuns } from '../.vitepress/read-results.ts'

/** A row of the table of accuracy: mean ± standard deviation over seeds. */
export interface AccuracyRow {
  readonly set: string
  readonly model: string
  readonly seeds: string
  readonly f1AtHalf: string
  readonly f1AtThreshold: string
}

/** What the page shows. */
export interface InferenceNetworkResults {
  readonly accuracy: readonly AccuracyRow[]
  readonly speed: readonly AnsweringSpeed[]
  readonly warmStart: readonly { readonly set: string; readonly plots: readonly string[] }[]
}

declare const data: InferenceNetworkResults
export { data }

// The form that VitePress asks for.
// oxlint-disable-next-line import/no-default-export
export default {
  load(): InferenceNetworkResults {
    const kept = readRuns<TrainedNetwork | AnsweringSpeed>('inference-network.json')
    return {
      accuracy: accuracyOf(kept.filter((each) => each.kind === 'accuracy')),
      speed: kept.filter((each) => each.kind === 'speed'),
      warmStart: warmStartOf(readRuns<WarmStart>('warm-start.json')),
    }
  },
}

function accuracyOf(runs: readonly TrainedNetwork[]): readonly AccuracyRow[] {
  const sets = [...new Set(runs.map(({ set }) => set))]
  const models = [...new Set(runs.map(({ model }) => model))]
  const pairs = sets.flatMap((set) => models.map((model) => ({ set, model })))
  return pairs.flatMap(({ set, model }) => {
    const group = runs.filter((each) => each.set === set && each.model === model)
    if (group.length === 0) return []
    return {
      set,
      model,
      seeds: group.map(({ seed }) => seed).join(', '),
      f1AtHalf: spread(group.map(({ f1AtHalf }) => f1AtHalf)),
      f1AtThreshold: spread(group.map(({ f1AtThreshold }) => f1AtThreshold)),
    }
  })
}

function warmStartOf(kept: readonly WarmStart[]): InferenceNetworkResults['warmStart'] {
  return [...new Set(kept.map(({ set }) => set))].flatMap((set) => {
    const own = kept.filter((each) => each.set === set)
    const quality = own.find((each) => each.kind === 'quality')
    const time = own.find((each) => each.kind === 'time')
    if (quality === undefined || time === undefined) return []
    const plot = (figure: 'searchError' | 'f1', label: string): string =>
      curvesPlot(
        quality.points.map((point) => ({
          curve: `from ${point.start}`,
          x:
            time.points.find(({ start, steps }) => start === point.start && steps === point.steps)
              ?.microseconds ?? NaN,
          y: point[figure],
          note: String(point.steps),
        })),
        { x: 'microseconds per example', y: label, logarithmic: 'x' },
      )
    return [
      {
        set,
        plots: [
          plot('searchError', 'energy above the best known, mean'),
          plot('f1', 'F1 on test, percent'),
        ],
      },
    ]
  })
}
