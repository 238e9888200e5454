import { type IterativeMinimizer, looped, searchOf } from './iterate.ts'
import type { Minimizer } from './minimizer.ts'

/**
 * The same search, ending at the point of least energy that each row saw, the start among them, instead of its last one. So it
 * is never worse than its start.
 *
 * @param minimizer - any of the step-by-step ones
 */
export function bestSoFar({ rule, options }: IterativeMinimizer): Minimizer {
  const search = searchOf(rule, options, true)
  return (problem) => looped(search, problem)
}
