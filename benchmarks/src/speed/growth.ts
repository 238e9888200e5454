import { energySolver, projectedGradient } from '@deepstruct/inference'
import { onnxEngine } from '@deepstruct/onnx'
import { useEngine } from '@deepstruct/tensor'
import { spenProblem } from './cases/spen-problem.ts'
import { environmentOf } from './environment.ts'
import { writeResults } from './results.ts'
import { median, rounded } from './rows.ts'
import { type Limits, settle } from './timing.ts'
import { inferenceWork } from './work.ts'

/** How the time of SPEN inference grows. */
export interface GrowthPoint {
  /** What grows. */
  readonly of: 'batch' | 'labels' | 'steps'
  /** How large it is. */
  readonly size: number
  /** The shortest call. */
  readonly minMs: number
  /** The median call. */
  readonly medianMs: number
  /** Tracing and preparing the graph. */
  readonly compileMs: number
}

const usual: { readonly [Of in GrowthPoint['of']]: number } = {
  batch: 32,
  labels: 159,
  steps: 30,
}

const sizes: Readonly<Record<GrowthPoint['of'], readonly number[]>> = {
  batch: [1, 4, 16, 64, 256, 1024, 4096],
  labels: [20, 50, 100, 200, 500, 1000, 2000, 5000],
  steps: [10, 30, 100, 300, 1000],
}

/** Measures SPEN inference on the compiled engine, one size changed at a time. */
export async function measureGrowth(threads: number, limits: Limits): Promise<void> {
  const points: GrowthPoint[] = []
  for (const of of ['batch', 'labels', 'steps'] as const)
    for (const size of sizes[of]) {
      const point = await pointOf(of, size, threads, limits)
      points.push(point)
      console.log(`${of} ${size}: ${point.medianMs} ms, compiled in ${point.compileMs} ms`)
      writeResults('growth.json', { environment: environmentOf(threads), usual, points })
    }
}

async function pointOf(
  of: GrowthPoint['of'],
  size: number,
  threads: number,
  limits: Limits,
): Promise<GrowthPoint> {
  const chosen: typeof usual = { ...usual, [of]: size }
  const { batch, labels, steps } = chosen
  const engine = await onnxEngine({ threads })
  useEngine(engine)
  const { model, parameters, x } = spenProblem({ labels })
  const solve = energySolver(model, projectedGradient({ steps, stepSize: 0.1 }))
  const work = await inferenceWork(solve, parameters, x(batch))
  await work.result()
  await settle()
  const times = await work.times(limits)
  const { graphs } = engine.report()
  await engine.close()
  return {
    of,
    size,
    minMs: rounded(Math.min(...times)),
    medianMs: rounded(median(times)),
    compileMs: rounded(graphs.reduce((ms, graph) => ms + graph.traceMs + graph.sessionMs, 0)),
  }
}
