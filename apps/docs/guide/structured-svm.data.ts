import type { Accuracy, InferenceGap, Timing } from '../../../benchmarks/src/structured-svm.ts'
import { curvesPlot } from '../.vitepress/curves-plot.ts'
import { readResults } from '../.vitepress/read-results.ts'

/** What the benchmark of structured machines found. */
export interface StructuredSvmResults {
  readonly accuracies: readonly (Accuracy & { readonly set: string; readonly model: string })[]
  readonly times: readonly (Timing & { readonly solver: string; readonly loss: string })[]
  /** Figures of gradient inference beside exact inference. */
  readonly plots: readonly string[]
}

declare const data: StructuredSvmResults
export { data }

// The form that VitePress asks for.
// oxlint-disable-next-line import/no-default-export
export default {
  load(): StructuredSvmResults {
    const kept = readResults<Readonly<Record<string, unknown>>>('structured-svm.json') ?? {}
    const of = <R>(part: string): (readonly [names: readonly string[], result: R])[] =>
      Object.entries(kept)
        .map(([key, result]) => [key.split(', '), result as R] as const)
        .filter(([[first]]) => first === part)
        .map(([names, result]) => [names.slice(1), result] as const)
    return {
      accuracies: of<Accuracy>('accuracy').map(([[set, ...rest], result]) => ({
        ...result,
        set,
        // What follows are the settings that were tried.
        model: rest.join(', ').replace(/, \[.*$/, ''),
      })),
      times: of<Timing>('time').map(([[, solver, loss], result]) => ({
        ...result,
        solver,
        loss,
      })),
      plots: [
        gapPlot(of('gap'), ({ gap }) => 100 * gap, 'score that is missed, percent'),
        gapPlot(of('gap'), ({ wrong }) => 100 * wrong, 'label sets that are not the best, percent'),
      ].filter((plot) => plot !== ''),
    }
  },
}

function gapPlot(
  curves: readonly (readonly [readonly string[], readonly InferenceGap[]])[],
  value: (point: InferenceGap) => number,
  label: string,
): string {
  const points = curves.flatMap(([[, rate], found]) =>
    found.map((point) => ({
      curve: rate.replace('rate', 'steps of'),
      x: point.steps,
      y: value(point),
    })),
  )
  return points.length === 0
    ? ''
    : curvesPlot(points, { x: 'steps of projected gradient', y: label, logarithmic: 'x' })
}
