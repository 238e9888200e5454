import type { TracedSolution } from '@deepstruct/inference'
import { type Device, type Host, jit, type NDArray, type Tensor } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import type { UsableModel } from '../tasks/task.ts'
import { solverOf } from './solver-of.ts'

/** Runs a model on a batch of inputs, for what an answer to a user says. */
export function compiledSolver(
  model: UsableModel,
): (
  params: Device<Parameters>,
  x: NDArray,
) => Promise<Host<Pick<TracedSolution, 'y' | 'energy' | 'status'>>> {
  const solve = solverOf(model)
  return jit(
    (params: Parameters, x: Tensor) => {
      const { y, energy, status } = solve(params, x)
      return { y, energy, status }
    },
    { name: 'predict' },
  )
}
