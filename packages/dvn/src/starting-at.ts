import type { Tensor } from '@deepstruct/tensor'
import type { ValueNetwork } from './value-network.ts'

/** What a network that starts elsewhere computes of an input; a type and no interface, so that it counts as a tree. */
export type FeaturesWithStart<F> = {
  /** Those of the network itself. */
  readonly features: F
  /** Where inference starts, `[batch, ...structure]`. */
  readonly start: Tensor
}

/**
 * The same value network with inference that starts at another model's output, which it then refines.
 *
 * @param network - the model
 * @param propose - the other model's output for inputs `x`, inside the domain; computed once per example
 */
export function startingAt<P, F>(
  network: ValueNetwork<P, F>,
  propose: (params: P, x: Tensor) => Tensor,
): ValueNetwork<P, FeaturesWithStart<F>> {
  return {
    init: (random) => network.init(random),
    encode: (params, x, noise) => ({
      features: network.encode(params, x, noise),
      start: propose(params, x),
    }),
    score: (params, { features }, y) => network.score(params, features, y),
    energy: (params, { features }, y) => network.energy(params, features, y),
    domain: ({ features }) => network.domain(features),
    start: (_, { start }) => start,
  }
}
