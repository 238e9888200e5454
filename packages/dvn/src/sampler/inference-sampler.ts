import type { IterativeMinimizer } from '@deepstruct/inference'
import type { NoiseSpec, Tensor } from '@deepstruct/tensor'
import type { Sampler } from './sampler.ts'
import { type SampleStart, startNoise, startPoints } from './start.ts'
import { stoppedEarly } from './stopped-early.ts'

/** How {@link inferenceSampler} samples. */
export interface InferenceSamplerOptions {
  /** The search; that of test time, so that the network is right where inference goes. */
  readonly inference: IterativeMinimizer
  /** Where it starts; default `initial`, as at test time. */
  readonly start?: SampleStart
  /** Whether each row stops after a random number of steps, so that the whole way is learned and not its end alone; default `false`. */
  readonly stopAnywhere?: boolean
}

/** The random numbers of inference; a type and no interface, so that it counts as a tree. */
type InferenceNoise<Leaf> = {
  readonly start?: Leaf
  /** The share of the steps that each row takes, `[batch]`. */
  readonly stop?: Leaf
}

/**
 * What inference finds with the network as it is (Gygli et al. 2017, section 4.2: simple inference). So the network learns the values of
 * its own mistakes.
 *
 * @param options - the search, and where it starts and stops
 */
export function inferenceSampler(options: InferenceSamplerOptions): Sampler {
  const { inference, start = 'initial', stopAnywhere = false } = options
  return {
    noise: (shape): InferenceNoise<NoiseSpec> => ({
      ...startNoise(start, shape),
      ...(stopAnywhere && {
        stop: { kind: 'uniform', shape: shape.slice(0, 1), low: 0, high: 1 },
      }),
    }),
    sample(problem, noise = {}) {
      const { stop, ...drawn } = noise as InferenceNoise<Tensor>
      const search = stop === undefined ? inference : stoppedEarly(inference, stop)
      const { energy, domain } = problem
      return search({ energy, domain, start: startPoints(start, problem, drawn) }).y
    },
  }
}
