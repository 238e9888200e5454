import type { Minimizer } from '@deepstruct/inference'
import { neg, sigmoidCrossEntropy, stopGradient, type Tensor } from '@deepstruct/tensor'
import type { Sampler } from './sampler.ts'
import { type SampleStart, startNoise, startPoints } from './start.ts'

/** How {@link adversarialSampler} samples. */
export interface AdversarialSamplerOptions {
  /** The search for outputs of high loss. */
  readonly ascent: Minimizer
  /** Where it starts; default `mixed`. */
  readonly start?: SampleStart
  /**
   * Whether the oracle is a constant of each step, which leaves $(v - v^*) \nabla_y z$: so a step needs no derivative of the oracle. Default
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
  const { ascent, start = 'mixed', fixedOracle = false } = options
  return {
    noise: (shape) => startNoise(start, shape),
    sample(problem, noise = {}) {
      const { domain, score, oracle } = problem
      const target = (y: Tensor): Tensor => (fixedOracle ? stopGradient(oracle(y)) : oracle(y))
      return ascent({
        energy: (y) => neg(sigmoidCrossEntropy(target(y), score(y))),
        domain,
        start: startPoints(start, problem, noise as { readonly start?: Tensor }),
      }).y
    },
  }
}
