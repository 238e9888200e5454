import type { Host, NoiseSpec, Random, Tensor, Tree } from '@deepstruct/tensor'
import { dense, type Dense, type DenseConfiguration, type DenseParams } from './dense.ts'
import type { Network } from './network.ts'

/** The parameters of a {@link WithOutput} network, its two parts apart so that either can be frozen or replaced. */
export interface WithOutputParams<P> {
  /** Those of the feature network. */
  readonly features: P
  /** Those of the output layer: `kernel` is `[features, outputs]`. */
  readonly output: DenseParams
}

/** A feature network and the layer that reads its features. */
export interface WithOutput<P, X = Tensor> extends Network<WithOutputParams<P>, X> {
  /** Computes the features $F(x)$. */
  readonly features: Network<P, X>
  /** Maps features to outputs. */
  readonly output: Dense
}

/** What the output layer of {@link withOutput} is: a {@link dense} layer that reads as many features as there are. */
export type OutputConfiguration = Omit<DenseConfiguration, 'inputs'>

/**
 * Puts an output layer on a feature network of any kind.
 *
 * $$ f(F(x)\, W + b) $$
 *
 * The parts stay apart, as networks and in the parameters: a structured model takes $F(x)$ and $W$ of the trained network, and moves
 * or freezes each.
 *
 * @param features - from `x` to `[batch, …, features]`; its noise is the noise of the whole
 * @param configuration - the output layer
 * @throws {@link @deepstruct/tensor!DomainError} as {@link dense}
 */
export function withOutput<P, X = Tensor>(
  features: Network<P, X>,
  configuration: OutputConfiguration,
): WithOutput<P, X> {
  const output = dense({ ...configuration, inputs: features.outputs })
  return {
    inputs: features.inputs,
    outputs: output.outputs,
    features,
    output,
    init: (random: Random): Host<WithOutputParams<P>> => ({
      features: features.init(random),
      output: output.init(random),
    }),
    apply: (params, x, noise) =>
      output.apply(params.output, features.apply(params.features, x, noise)),
    noise: (x): Tree<NoiseSpec> | undefined => features.noise?.(x),
  }
}
