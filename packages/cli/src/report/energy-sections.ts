import { jit, type NDArray, type Tensor } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import * as Plot from '@observablehq/plot'
import { solverOf } from '../model/solver-of.ts'
import type { Predictions } from '../tasks/task.ts'
import { firstExamples } from './first-examples.ts'
import type { Html } from './html.ts'
import type { Section } from './page.ts'
import { palette, plot } from './plot.ts'

const TRACED_EXAMPLES = 5

/** The energies on the way of inference, where the family's solver reports them. */
export async function energySections({
  model,
  data,
}: Pick<Predictions, 'model' | 'data'>): Promise<readonly Section[]> {
  const solve = solverOf(model)
  const run = jit(
    (params: Parameters, x: Tensor) => {
      const { trace } = solve(params, x)
      return trace === undefined ? {} : { trace }
    },
    { name: 'trace' },
  )
  const { trace } = await run(model.parameters, firstExamples(data, TRACED_EXAMPLES).x)
  return trace === undefined ? [] : [{ title: 'Inference', body: [energyPlot(trace)] }]
}

/** The energies on the way of inference, for some examples; lower is better. */
export function energyPlot(trace: NDArray): Html {
  const [rows = 0, steps = 0] = trace.shape
  const points = Array.from({ length: rows * steps }, (_, i) => ({
    example: `example ${Math.floor(i / steps) + 1}`,
    step: i % steps,
    energy: trace.data[i] as number,
  }))
  return plot('energy at each step of inference, for the first examples', {
    x: { label: 'step', tickFormat: 'd' },
    y: { label: 'energy', grid: true, nice: true },
    color: { range: [...palette] },
    marks: [Plot.lineY(points, { x: 'step', y: 'energy', stroke: 'example', z: 'example' })],
  })
}
