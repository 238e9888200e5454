import type { IterativeMinimizer } from './iterate.ts'
import { type LogitStepOptions, logitSteps } from './logit-steps.ts'

/**
 * Gradient descent on the logits: the energy as a function of free coordinates.
 *
 * $$ z_{t+1} = z_t - \eta \nabla_z E(\text{fromLogits}(z_t)) $$
 *
 * Smooth everywhere, so it is the one to unroll when learning end to end. It starts slowly from the border, where the sigmoid is flat:
 * start inside.
 *
 * @param options - step size (default 1), momentum; steps, tolerance, trace
 * @throws {@link @deepstruct/tensor!DomainError} when an option is out of range
 */
export function logitGradient(options: LogitStepOptions = {}): IterativeMinimizer {
  const { stepSize = 1 } = options
  return logitSteps(
    'logitGradient',
    ({ domain }, { y, gradient }) => domain.logitGradient(y, gradient),
    stepSize,
    options,
  )
}
