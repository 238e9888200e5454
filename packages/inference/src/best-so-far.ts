import { loop, offTape } from '@deepstruct/tensor'
import { type IterativeMinimizer, searchOf } from './iterate.ts'
import type { Minimizer } from './minimizer.ts'

/**
 * The same search, ending at the point of least energy that each row saw, the start among them, instead of its last one. So it
 * is never worse than its start.
 *
 * @param minimizer - any of the step-by-step ones
 */
export function bestSoFar({ rule, options }: IterativeMinimizer): Minimizer {
  const search = searchOf(rule, options, { best: true })
  return (problem) =>
    offTape(() =>
      search.finish(problem, loop(search.steps, search.advance(problem), search.begin(problem))),
    )
}
