import { add, mul, type Tensor, zerosLike } from '@deepstruct/tensor'
import { iterate, type IterativeMinimizer } from './iterate.ts'
import type { Problem } from './minimizer.ts'
import { fraction, positive } from './options.ts'
import type { IterationOptions } from './search.ts'
import type { Point, StepRule } from './step-rule.ts'

/** How {@link mirrorDescent} and {@link logitGradient} step. */
export interface LogitStepOptions extends IterationOptions {
  /** The step size $\eta$, in logits. */
  readonly stepSize?: number
  /** The weight $\mu$ of the last step, in $[0, 1)$; default 0. */
  readonly momentum?: number
}

/** Descent in the free coordinates of a domain, $z_{t+1} = z_t + v_{t+1}$, $v_{t+1} = \mu v_t - \eta d_t$, $y_t = \text{fromLogits}(z_t)$. */
export function logitSteps(
  name: string,
  direction: (problem: Problem, point: Point) => Tensor,
  stepSize: number,
  options: LogitStepOptions,
): IterativeMinimizer {
  const { momentum = 0 } = options
  positive(name, 'stepSize', stepSize)
  fraction(name, 'momentum', momentum)
  // Remembered instead of recomputed from y: near the border logits of rounded points are inexact, and pass no gradient.
  const rule: StepRule<{ readonly logits: Tensor; readonly velocity?: Tensor }> = {
    begin({ domain, start }) {
      const logits = domain.toLogits(start)
      return momentum === 0 ? { logits } : { logits, velocity: zerosLike(logits) }
    },
    step(problem, point, { logits, velocity }) {
      const descent = mul(-stepSize, direction(problem, point))
      if (velocity === undefined) {
        const next = add(logits, descent)
        return { y: problem.domain.fromLogits(next), memory: { logits: next } }
      }
      const moved = add(mul(momentum, velocity), descent)
      const next = add(logits, moved)
      return { y: problem.domain.fromLogits(next), memory: { logits: next, velocity: moved } }
    },
  }
  return iterate(rule, options)
}
