import type { Tensor } from '@deepstruct/tensor'
import { checkStart, type IterativeMinimizer, searchOf } from './iterate.ts'
import type { Problem } from './minimizer.ts'
import type { TracedSolution } from './solution.ts'

/** The outcome of an unrolled search: everything in it has a gradient. */
export interface UnrolledSolution extends TracedSolution {
  /** The point after each step, $y_1, \dots, y_T$, each `[batch, ...shape]`; the last is `y`. */
  readonly iterates: readonly Tensor[]
}

/**
 * The same search with its steps on the tape: derivatives of its results with respect to what the energy and the start are made
 * of go through every step, with the second derivatives of the energy. For learning end to end, where the loss looks at all the
 * iterates (Belanger, Yang and McCallum 2017, section 4).
 *
 * The memory is that of all steps. A coordinate that {@link projectedGradient} puts on the border passes no gradient on;
 * {@link logitGradient} and {@link mirrorDescent} stay inside. The iterates of a row that diverged need not be finite, nor is its
 * derivative: leave such rows out before, by a smaller step.
 *
 * @param minimizer - any of the step-by-step ones
 *
 * @example
 * ```ts
 * import { box, logitGradient, unrolled } from '@deepstruct/inference'
 * import { grad, jit, square, sub, sum, type Tensor } from '@deepstruct/tensor'
 *
 * const search = unrolled(logitGradient({ steps: 20 }))
 * const slope = jit((target: number | Tensor) =>
 *   grad((c: Tensor) => {
 *     const domain = box([1])
 *     const energy = (y: Tensor) => sum(square(sub(y, c)), 1)
 *     return sum(search({ energy, domain, start: domain.start(1) }).y)
 *   })(target as Tensor),
 * )
 * await slope(0.4) // 0.91: after 20 steps the outcome nearly follows its target
 * ```
 */
export function unrolled({
  rule,
  options,
}: IterativeMinimizer): (problem: Problem) => UnrolledSolution {
  const { steps, run } = searchOf(rule, options)
  return (problem) => {
    checkStart(problem)
    const iterates: Tensor[] = []
    const solution = run(problem, (step, first) => {
      let state = first
      for (let i = 0; i < steps; i++) iterates.push((state = step(state)).y)
      return state
    })
    return { ...solution, iterates: [...iterates.slice(0, -1), solution.y] }
  }
}
