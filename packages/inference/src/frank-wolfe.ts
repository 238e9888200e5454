import { add, div, fill, mul, scalar, sub, type Tensor } from '@deepstruct/tensor'
import { type Backtracking, backtrack, checkBacktracking } from './backtracking.ts'
import { iterate, type IterativeMinimizer } from './iterate.ts'
import type { Problem } from './minimizer.ts'
import { perRow, rowDot } from './rows.ts'
import type { IterationOptions } from './search.ts'
import type { Point, StepRule } from './step-rule.ts'

/** How {@link frankWolfe} steps. */
export interface FrankWolfeOptions extends IterationOptions {
  /** Finds the step length by backtracking from at most 1, so that the energy never rises; default $2 / (t + 2)$. */
  readonly lineSearch?: Backtracking
}

/**
 * The conditional gradient method of Frank and Wolfe (1956): a step towards the corner that the gradient prefers.
 *
 * $$ s_t = \arg\min_{s} \langle \nabla E(y_t), s \rangle, \qquad y_{t+1} = y_t + \gamma_t (s_t - y_t) $$
 *
 * Its residual is the duality gap $\langle \nabla E(y_t), y_t - s_t \rangle$, for a convex energy a bound on the distance to the
 * minimum (Jaggi 2013, section 2).
 *
 * @param options - line search; steps, tolerance (of the duality gap), trace
 * @throws {@link @deepstruct/tensor!DomainError} when an option is out of range
 */
export function frankWolfe(options: FrankWolfeOptions = {}): IterativeMinimizer {
  const { lineSearch } = options
  const towards = ({ domain }: Problem, { y, gradient }: Point): Tensor =>
    sub(domain.linearMinimizer(gradient), y)
  const residual: StepRule['residual'] = (problem, point) =>
    rowDot(point.gradient, mul(-1, towards(problem, point)))

  if (lineSearch === undefined) {
    const rule: StepRule<{ readonly taken: Tensor }> = {
      begin: () => ({ taken: scalar(0) }),
      step(problem, point, { taken }) {
        const length = div(2, add(taken, 2))
        return {
          y: add(point.y, mul(length, towards(problem, point))),
          memory: { taken: add(taken, 1) },
        }
      },
      residual,
    }
    return iterate(rule, options)
  }

  checkBacktracking('frankWolfe', lineSearch)
  const rule: StepRule<{ readonly lengths: Tensor }> = {
    begin: ({ start }) => ({ lengths: fill([start.shape[0] ?? 0], 1) }),
    step(problem, point, { lengths }) {
      const direction = towards(problem, point)
      const propose = (sizes: Tensor): Tensor =>
        add(point.y, mul(perRow(sizes, point.y), direction))
      const search = { propose, lengths, longest: 1 }
      const { y, lengths: next } = backtrack(problem, point, search, lineSearch)
      return { y, memory: { lengths: next } }
    },
    residual,
  }
  return iterate(rule, options)
}
