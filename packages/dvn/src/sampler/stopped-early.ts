import { iterate, type IterativeMinimizer, type StepRule } from '@deepstruct/inference'
import { add, cast, less, mul, scalar, sub, type Tensor } from '@deepstruct/tensor'
import { perRow } from './rows.ts'

/** What is remembered from step to step; a type and no interface, so that it counts as a tree. */
type Memory = {
  readonly inner: object
  /** The steps so far, a scalar. */
  readonly taken: Tensor
}

/**
 * The same search, in which each row stops after a share of the steps and stays where it is.
 *
 * @param minimizer - any that goes step by step
 * @param share - of each row, `[batch]` in $[0, 1]$; a row takes the step $t = 0, 1, \dots$ while $t / T$ is less
 */
export function stoppedEarly(minimizer: IterativeMinimizer, share: Tensor): IterativeMinimizer {
  const { rule, options } = minimizer
  const { steps = 30 } = options
  const stopping: StepRule<Memory> = {
    ...(rule.residual && { residual: rule.residual }),
    begin: (problem) => ({ inner: rule.begin(problem), taken: scalar(0) }),
    step(problem, point, { inner, taken }) {
      const next = rule.step(problem, point, inner)
      const going = cast(less(taken, mul(steps, share)), 'float32')
      const moved = mul(perRow(going, point.y), sub(next.y, point.y))
      return { y: add(point.y, moved), memory: { inner: next.memory, taken: add(taken, 1) } }
    },
  }
  return iterate(stopping, options)
}
