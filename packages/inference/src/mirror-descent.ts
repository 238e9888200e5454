import type { IterativeMinimizer } from './iterate.ts'
import { type LogitStepOptions, logitSteps } from './logit-steps.ts'

/**
 * Entropic mirror descent: the step in the geometry of the domain's entropy.
 *
 * $$ y_{t+1} = \arg\min_{y} \; \eta \langle \nabla E(y_t), y \rangle + D(y, y_t) $$
 *
 * with $D$ the Kullback–Leibler divergence, of two-point distributions in a box. On a simplex these are multiplicative weights,
 * $y_{t+1} \propto y_t \exp(-\eta \nabla E(y_t))$ (Beck and Teboulle 2003, section 5); in a box the logits move by
 * $-\eta \nabla E(y_t)$. It is computed in logits, so points never reach the border and keep their gradient when unrolled.
 *
 * @param options - step size (default 1), momentum; steps, tolerance, trace
 * @throws {@link @deepstruct/tensor!DomainError} when an option is out of range
 */
export function mirrorDescent(options: LogitStepOptions = {}): IterativeMinimizer {
  const { stepSize = 1 } = options
  return logitSteps('mirrorDescent', (_, { gradient }) => gradient, stepSize, options)
}
