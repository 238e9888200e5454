import { type Comparison, comparisons } from '../../../benchmarks/src/speed/comparisons.ts'
import type { Environment } from '../../../benchmarks/src/speed/environment.ts'
import type { GrowthPoint } from '../../../benchmarks/src/speed/growth.ts'
import type { Row } from '../../../benchmarks/src/speed/rows.ts'
import type { Limits } from '../../../benchmarks/src/speed/timing.ts'
import { growthPlot } from '../.vitepress/growth-plot.ts'
import { readResults } from '../.vitepress/read-results.ts'

interface Speed extends Environment {
  readonly rounds: number
  readonly limits: Limits
}

interface Growth {
  readonly environment: Environment
  readonly points: readonly GrowthPoint[]
}

interface Memory {
  readonly environment: Environment
  readonly steps: number
  readonly slopeMBPer1000Steps: number
  readonly bibtexPeakMB?: number
}

interface Streaming {
  readonly environment: Environment
  readonly rows: number
  readonly rowsPerSecond: number
  readonly rowsPerSecondWithStart: number
}

/** What the page shows; what was not measured is absent. */
export interface MeasuredPerformance {
  readonly speed?: {
    readonly environment: Speed
    readonly groups: readonly {
      readonly against: string
      readonly comparisons: readonly Comparison[]
    }[]
    readonly rows: readonly Row[]
  }
  readonly growth?: { readonly plots: readonly string[] }
  readonly memory?: Memory
  readonly streaming?: Streaming
}

declare const data: MeasuredPerformance
export { data }

// The form that VitePress asks for.
// oxlint-disable-next-line import/no-default-export
export default {
  load(): MeasuredPerformance {
    const rows = readResults<readonly Row[]>('latest.json')
    const environment = readResults<Speed>('latest.environment.json')
    const growth = readResults<Growth>('growth.json')
    const memory = readResults<Memory>('memory.json')
    const streaming = readResults<Streaming>('streaming.json')
    return {
      ...(rows && environment && { speed: { environment, rows, groups: groupsOf(rows) } }),
      ...(growth && {
        growth: {
          plots: (['batch', 'labels', 'steps'] as const).map((of) => growthPlot(growth.points, of)),
        },
      }),
      ...(memory && { memory }),
      ...(streaming && { streaming }),
    }
  },
}

function groupsOf(
  rows: readonly Row[],
): { readonly against: string; readonly comparisons: readonly Comparison[] }[] {
  const all = comparisons(rows)
  return [...new Set(all.map(({ against }) => against))].map((against) => ({
    against,
    comparisons: all.filter((each) => each.against === against),
  }))
}
