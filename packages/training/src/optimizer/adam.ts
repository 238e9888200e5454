import { add, div, mul, sqrt, square, sub, type Tensor } from '@deepstruct/tensor'
import type { Optimizer } from './optimizer.ts'
import { rateAt, type Schedule } from './schedule.ts'

/** The settings of {@link adam}. */
export interface AdamOptions {
  /** The learning rate; default 1e-3. */
  readonly rate?: Schedule
  /** The decay of the mean of gradients; default 0.9. */
  readonly beta1?: number
  /** The decay of the mean of squares; default 0.999. */
  readonly beta2?: number
  /** Added to the root; default 1e-8. */
  readonly epsilon?: number
}

/** The settings of {@link adamW}. */
export interface AdamWOptions extends AdamOptions {
  /** $\lambda$, how strongly parameters shrink; default 1e-2. */
  readonly weightDecay?: number
  /** Which parameters shrink: all, or weight matrices and not biases; default `'all'`. */
  readonly decays?: 'all' | 'matrices'
}

/**
 * Adam (Kingma and Ba 2015, algorithm 1):
 *
 * $$ m \leftarrow \beta_1 m + (1 - \beta_1) g, \quad v \leftarrow \beta_2 v + (1 - \beta_2) g^2, \quad
 * \theta \leftarrow \theta - r \frac{m / (1 - \beta_1^t)}{\sqrt{v / (1 - \beta_2^t)} + \epsilon} $$
 */
export function adam(options: AdamOptions = {}): Optimizer {
  return moments('adam', options, 0, 'all')
}

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2): before each step
 * $\theta \leftarrow (1 - r \lambda) \theta$.
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { weightDecay = 1e-2, decays = 'all' } = options
  return moments('adamW', options, weightDecay, decays)
}

function moments(
  name: string,
  options: AdamOptions,
  weightDecay: number,
  decays: 'all' | 'matrices',
): Optimizer {
  const { rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options
  return {
    name,
    slots: ['mean', 'square'],
    scalars(step) {
      const r = rateAt(rate, step)
      // r (m / c₁) / (√(v / c₂) + ε) = (r √c₂ / c₁) m / (√v + ε √c₂): the corrections leave the arrays.
      const root = Math.sqrt(1 - beta2 ** (step + 1))
      return {
        scale: (r * root) / (1 - beta1 ** (step + 1)),
        epsilon: epsilon * root,
        keep: 1 - r * weightDecay,
      }
    },
    update(parameter, gradient, slots, scalars) {
      const mean = add(mul(beta1, slots['mean'] as Tensor), mul(1 - beta1, gradient))
      const second = add(mul(beta2, slots['square'] as Tensor), mul(1 - beta2, square(gradient)))
      const move = div(
        mul(scalars['scale'] as Tensor, mean),
        add(sqrt(second), scalars['epsilon'] as Tensor),
      )
      const shrinks = weightDecay !== 0 && (decays === 'all' || parameter.rank > 1)
      const kept = shrinks ? mul(scalars['keep'] as Tensor, parameter) : parameter
      return { parameter: sub(kept, move), slots: { mean, square: second } }
    },
  }
}
