import { add, div, fill, mul, scalar, sub, type Tensor } from '@deepstruct/tensor'
import { type Backtracking, backtrack, checkBacktracking } from './backtracking.ts'
import { iterate, type IterativeMinimizer } from './iterate.ts'
import type { Problem } from './minimizer.ts'
import { fraction, nonNegative, positive } from './options.ts'
import { perRow } from './rows.ts'
import type { IterationOptions } from './search.ts'
import type { Point, StepRule } from './step-rule.ts'

/** How {@link projectedGradient} steps. */
export interface ProjectedGradientOptions extends IterationOptions {
  /** The step size $\eta$; with backtracking the largest one tried. Default 0.1. */
  readonly stepSize?: number
  /** The weight $\mu$ of the last step, in $[0, 1)$; default 0. */
  readonly momentum?: number
  /** Step $t$ has size $\eta / (1 + \text{decay} \cdot t)$; default 0. Backtracking finds its own sizes and takes no notice. */
  readonly decay?: number
  /** Shortens steps that do not lower the energy, each row by itself; default none. With it the energy never rises. */
  readonly backtracking?: Backtracking
}

/**
 * Projected gradient descent with momentum.
 *
 * $$ y_{t+1} = P\bigl( y_t - \eta_t \nabla E(y_t) + \mu (y_t - y_{t-1}) \bigr) $$
 *
 * The momentum is that of the projected points, so none builds up against the border. With backtracking, a row whose step is
 * refused drops its momentum for that step.
 *
 * Unrolled, a coordinate on the border of the domain passes no gradient on; {@link logitGradient} does.
 *
 * @param options - step size, momentum, backtracking; steps, tolerance, trace
 * @throws {@link @deepstruct/tensor!DomainError} when an option is out of range
 *
 * @example
 * ```ts
 * import { box, projectedGradient } from '@deepstruct/inference'
 * import { array, jit, squaredDifference, sum, type Tensor } from '@deepstruct/tensor'
 *
 * const nearest = jit((target: Tensor) => {
 *   const domain = box([2])
 *   const energy = (y: Tensor) => sum(squaredDifference(y, target), 1)
 *   return { ...projectedGradient({ stepSize: 0.5 })({ energy, domain, start: domain.start(1) }) }
 * })
 * const { y, energy } = await nearest(array([[0.3, 2]])) // y [[0.3, 1]], energy [1]
 * ```
 */
export function projectedGradient(options: ProjectedGradientOptions = {}): IterativeMinimizer {
  const { stepSize = 0.1, momentum = 0, decay = 0, backtracking } = options
  positive('projectedGradient', 'stepSize', stepSize)
  fraction('projectedGradient', 'momentum', momentum)
  nonNegative('projectedGradient', 'decay', decay)

  const propose = (
    { domain }: Problem,
    { y, gradient }: Point,
    size: Tensor | number,
    previous?: Tensor,
  ): Tensor => {
    const moved = sub(y, mul(size, gradient))
    return domain.project(
      previous === undefined ? moved : add(moved, mul(momentum, sub(y, previous))),
    )
  }
  const withMomentum = momentum > 0

  if (backtracking === undefined) {
    const rule: StepRule<{ readonly previous?: Tensor; readonly taken?: Tensor }> = {
      begin: ({ start }) => ({
        ...(withMomentum && { previous: start }),
        ...(decay > 0 && { taken: scalar(0) }),
      }),
      step(problem, point, { previous, taken }) {
        const size = taken === undefined ? stepSize : div(stepSize, add(1, mul(decay, taken)))
        return {
          y: propose(problem, point, size, previous),
          memory: {
            ...(withMomentum && { previous: point.y }),
            ...(taken && { taken: add(taken, 1) }),
          },
        }
      },
    }
    return iterate(rule, options)
  }

  checkBacktracking('projectedGradient', backtracking)
  const rule: StepRule<{ readonly lengths: Tensor; readonly previous?: Tensor }> = {
    begin: ({ start }) => ({
      lengths: fill([start.shape[0] ?? 0], stepSize),
      ...(withMomentum && { previous: start }),
    }),
    step(problem, point, { lengths, previous }) {
      const search = {
        propose: (sizes: Tensor, first: boolean) =>
          propose(problem, point, perRow(sizes, point.y), first ? previous : undefined),
        lengths,
        longest: stepSize,
      }
      const { y, lengths: next } = backtrack(problem, point, search, backtracking)
      return { y, memory: { lengths: next, ...(withMomentum && { previous: point.y }) } }
    },
  }
  return iterate(rule, options)
}
