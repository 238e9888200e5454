import { jit, type NDArray, type Tensor } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { solverOf } from '../model/solver-of.ts'
import type { UsableModel } from '../tasks/task.ts'

/** Outputs on the way of inference. */
export interface Waypoint {
  /** The steps so far. */
  readonly steps: number
  /** What has been found by then, `[examples, ...]`. */
  readonly y: NDArray
}

/** As many pictures as a reader compares. */
const MOST_WAYPOINTS = 8

/**
 * What inference has found after some of its steps, closer together at the start, with the end as the last; that alone for families without
 * steps.
 *
 * @param x - the inputs of some examples
 */
export async function wayOfInference(
  model: UsableModel,
  x: NDArray,
): Promise<readonly [...Waypoint[], Waypoint]> {
  const last = await solutionOf(model, x)
  const { family, settings } = model
  const way: Waypoint[] = []
  if (family.withSteps !== undefined)
    for (const steps of stepsUpTo(last.steps))
      way.push({
        ...(await solutionOf({ ...model, settings: family.withSteps(settings, steps) }, x)),
        steps,
      })
  return [...way, last]
}

async function solutionOf(model: UsableModel, x: NDArray): Promise<Waypoint> {
  const solve = solverOf(model)
  const run = jit(
    (params: Parameters, inputs: Tensor) => {
      const { y, steps } = solve(params, inputs)
      return { y, steps }
    },
    { name: 'solve' },
  )
  const { y, steps } = await run(model.parameters, x)
  return { y, steps: Math.max(...steps.data) }
}

/** Some numbers from 1 to less than `last`, each about the same factor above the one before. */
export function stepsUpTo(last: number): readonly number[] {
  const few = Math.min(last - 1, MOST_WAYPOINTS - 1)
  const rungs = Array.from({ length: Math.max(few, 0) }, (_, i) => Math.round(last ** (i / few)))
  // Rounding may meet a number twice at the start, where steps are close together.
  return rungs.map((rung, i) => Math.max(rung, i + 1))
}
