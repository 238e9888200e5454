import { inferenceSampler, type InferenceSamplerOptions } from './inference-sampler.ts'
import type { Sampler } from './sampler.ts'

/**
 * A step or two up the value, from true outputs or from where inference starts: what Gygli et al. (2017) publish as code for their
 * adversarial samples. It ascends the value and not the loss, so it is a short inference from another start; what the paper describes is
 * {@link adversarialSampler}.
 *
 * @param options - the search, of one step as published; `start` defaults to `mixed`
 */
export function valueAscentSampler(options: InferenceSamplerOptions): Sampler {
  return inferenceSampler({ start: 'mixed', ...options })
}
