import type { TracedSolution } from '@deepstruct/inference'
import type { Tensor } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import type { UsableModel } from '../tasks/task.ts'

/** What of a model runs at test time. */
export function solverOf({
  family,
  settings,
  problem,
}: UsableModel): (params: Parameters, x: Tensor) => TracedSolution {
  return family.solve(settings, problem.sizes)
}
