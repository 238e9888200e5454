import { add, mul, sub, type Tensor } from '@deepstruct/tensor'
import type { Optimizer } from './optimizer.ts'
import { rateAt, type Schedule } from './schedule.ts'

/** The settings of {@link sgd}. */
export interface SgdOptions {
  /** The learning rate. */
  readonly rate: Schedule
  /** $\mu$; default 0. */
  readonly momentum?: number
  /** Look ahead along the momentum (Nesterov); default false. */
  readonly nesterov?: boolean
}

/**
 * Stochastic gradient descent with momentum, in the form of PyTorch and tf.train:
 *
 * $$ v \leftarrow \mu v + g, \qquad \theta \leftarrow \theta - r v $$
 *
 * and $\theta \leftarrow \theta - r (g + \mu v)$ with Nesterov's look-ahead.
 */
export function sgd(options: SgdOptions): Optimizer {
  const { rate, momentum = 0, nesterov = false } = options
  return {
    name: 'sgd',
    slots: momentum === 0 ? [] : ['velocity'],
    scalars: (step) => ({ rate: rateAt(rate, step) }),
    update(parameter, gradient, slots, scalars) {
      const r = scalars['rate'] as Tensor
      if (momentum === 0) return { parameter: sub(parameter, mul(r, gradient)), slots: {} }
      const velocity = add(mul(momentum, slots['velocity'] as Tensor), gradient)
      const direction = nesterov ? add(gradient, mul(momentum, velocity)) : velocity
      return { parameter: sub(parameter, mul(r, direction)), slots: { velocity } }
    },
  }
}
