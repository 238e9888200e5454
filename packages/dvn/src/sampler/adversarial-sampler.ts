import { neg, sigmoidCrossEntropy, stopGradient, type Tensor } from '@deepstruct/tensor'
import { inferenceSampler, type InferenceSamplerOptions } from './inference-sampler.ts'
import type { Sampler } from './sampler.ts'

/** How {@link adversarialSampler} samples: a search as for inference, here for outputs of high loss; `start` defaults to `mixed`. */
export interface AdversarialSamplerOptions extends InferenceSamplerOptions {
  /**
   * Whether the oracle is a constant of each step, which leaves $(v - v^*) \nabla_y z$, so that an oracle needs no derivative. Default
   * `false`, the gradient of the loss in full.
   */
  readonly fixedOracle?: boolean
}

/**
 * Outputs that the network gets wrong: ascent on the loss of the value (Gygli et al. 2017, section 4.2: adversarial tuples).
 *
 * $$
 * \max_{y} -v^*(y) \log v(x, y) - (1 - v^*(y)) \log(1 - v(x, y))
 * $$
 *
 * @param options - the search, and where it starts
 */
export function adversarialSampler(options: AdversarialSamplerOptions): Sampler {
  const { fixedOracle = false, start = 'mixed', ...search } = options
  const inner = inferenceSampler({ ...search, start })
  return {
    ...inner,
    sample(problem, noise) {
      const { score, oracle } = problem
      const target = (y: Tensor): Tensor => (fixedOracle ? stopGradient(oracle(y)) : oracle(y))
      const energy = (y: Tensor): Tensor => neg(sigmoidCrossEntropy(target(y), score(y)))
      return inner.sample({ ...problem, energy }, noise)
    },
  }
}
