import {
  iterate,
  type IterationOptions,
  type IterativeMinimizer,
  type StepRule,
} from '@deepstruct/inference'
import {
  add,
  div,
  DomainError,
  maximum,
  mean,
  mul,
  scalar,
  sqrt,
  square,
  sub,
  type Tensor,
} from '@deepstruct/tensor'
import { perRow } from './sampler/rows.ts'

/** How {@link normalizedGradient} steps. */
export interface NormalizedGradientOptions extends IterationOptions {
  /** $\eta$: how far a step moves, as the root of the mean square over the coordinates of a row; default 0.1. */
  readonly stepSize?: number
  /** Step $t$ has size $\eta / (1 + \text{decay} \cdot t)$; default 0. */
  readonly decay?: number
}

/**
 * Projected gradient descent with steps of a given length: for energies whose gradients differ by orders of magnitude from row to row, as
 * those of deep networks over masks do.
 *
 * $$
 * y_{t+1} = P\Bigl( y_t - \eta_t \frac{\nabla E(y_t)}{\text{rms}(\nabla E(y_t))} \Bigr)
 * $$
 *
 * A row whose gradient is 0 stays.
 *
 * @param options - step size and decay; steps, tolerance, trace
 * @throws {@link @deepstruct/tensor!DomainError} when the step size is not positive or the decay is negative
 */
export function normalizedGradient(options: NormalizedGradientOptions = {}): IterativeMinimizer {
  const { stepSize = 0.1, decay = 0 } = options
  requireNumber('stepSize', stepSize, stepSize > 0, 'a positive number')
  requireNumber('decay', decay, decay >= 0, 'a number of at least 0')
  const rule: StepRule<{ readonly taken: Tensor }> = {
    begin: () => ({ taken: scalar(0) }),
    step({ domain }, { y, gradient }, { taken }) {
      const axes = y.shape.slice(1).map((_, axis) => axis + 1)
      const length = maximum(sqrt(mean(square(gradient), axes)), 1e-20)
      const size = div(stepSize, add(1, mul(decay, taken)))
      const move = mul(div(gradient, perRow(length, y)), size)
      return { y: domain.project(sub(y, move)), memory: { taken: add(taken, 1) } }
    },
  }
  return iterate(rule, options)
}

function requireNumber(argument: string, value: number, holds: boolean, expected: string): void {
  if (!holds || !Number.isFinite(value))
    throw new DomainError({
      function: 'normalizedGradient',
      argument,
      got: String(value),
      expected,
    })
}
