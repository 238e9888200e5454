import type { Domain, Energy } from '@deepstruct/inference'
import type { NoiseSpec, Tensor, Tree } from '@deepstruct/tensor'

/** What a {@link Sampler} is given: some rows of a batch, and the network as it is now. */
export interface SampleProblem {
  /** The energy of each row that inference minimizes, lower is better. */
  readonly energy: Energy
  /** The logit of the value of each row, `[batch]`. */
  readonly score: (y: Tensor) => Tensor
  /** Where outputs may lie. */
  readonly domain: Domain
  /** Where inference starts, `[batch, ...structure]`. */
  readonly start: Tensor
  /** The true outputs, `[batch, ...structure]`. */
  readonly truth: Tensor
  /** What outputs are worth, `[batch]`. */
  readonly oracle: (y: Tensor) => Tensor
}

/**
 * Makes outputs for a value network to learn from. What is made is data: no gradient goes through it.
 */
export interface Sampler {
  /**
   * Outputs for these rows, `[batch, ...structure]` inside the domain.
   *
   * @param noise - the arrays that {@link Sampler.noise} asked for, drawn
   */
  sample(problem: SampleProblem, noise?: unknown): Tensor
  /**
   * The random numbers that it wants; none for a sampler without chance.
   *
   * @param shape - of the outputs, `[batch, ...structure]`; what it asks for has one row for each of them
   */
  noise?(shape: readonly number[]): Tree<NoiseSpec>
}
