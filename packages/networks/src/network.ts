import type { Host, NoiseSpec, Random, Tensor, Tree } from '@deepstruct/tensor'

/**
 * A network as pure functions of its parameters. It holds none itself: the parameters `P` are a tree of tensors that the caller
 * keeps, so that they can be trained, frozen, saved or exchanged part by part.
 *
 * `X` is what it reads: a feature matrix by default, or a tree such as tokens with their mask.
 *
 * @example
 * ```ts
 * import { mul, type Tensor } from '@deepstruct/tensor'
 * import type { Network } from '@deepstruct/networks'
 *
 * // One weight for each feature.
 * const gate: Network<{ weights: Tensor }> = {
 *   inputs: 3,
 *   outputs: 3,
 *   init: (random) => ({ weights: random.normals([3], 1, 0.1) }),
 *   apply: ({ weights }, x) => mul(x, weights),
 * }
 * ```
 */
export interface Network<P, X = Tensor> {
  /** The extent of the last axis of what it reads. */
  readonly inputs: number
  /** The extent of the last axis of what it computes. */
  readonly outputs: number
  /** Fresh parameters. */
  init(random: Random): Host<P>
  /**
   * What the network computes for each row.
   *
   * @param params - as {@link Network.init} shapes them
   * @param x - one row an example
   * @param noise - the arrays that {@link Network.noise} asked for, drawn; left out, the network is deterministic, as at test time
   */
  apply(params: P, x: X, noise?: unknown): Tensor
  /**
   * The random numbers that training on this batch wants: dropout masks. They are drawn on the host and handed to
   * {@link Network.apply}. A network without randomness has no such function, or gives `undefined`.
   */
  noise?(x: Host<X>): Tree<NoiseSpec> | undefined
}
