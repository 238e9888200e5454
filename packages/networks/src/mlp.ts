import type { Activation } from './activation.ts'
import type { DenseParams } from './dense.ts'
import { hiddenLayers, type HiddenLayersConfiguration } from './hidden-layers.ts'
import { type WithOutput, withOutput, type WithOutputParams } from './with-output.ts'

/** What an {@link mlp} is. */
export interface MlpConfiguration extends HiddenLayersConfiguration {
  /** The number of outputs, for instance of labels. */
  readonly outputs: number
  /** What follows the output layer; default `linear`, so that the outputs are logits. */
  readonly outputActivation?: Activation
}

/** The parameters of an {@link mlp}. */
export type MlpParams = WithOutputParams<readonly DenseParams[]>

/** A multilayer perceptron; `features` is its hidden part, `output` its last layer. */
export type Mlp = WithOutput<readonly DenseParams[]>

/**
 * A multilayer perceptron: {@link hiddenLayers} under an output layer.
 *
 * $$ f_\text{out}(F(x)\, W + b), \quad F(x) = h_n, \quad h_l = f(h_{l-1} W_l + b_l), \quad h_0 = x $$
 *
 * `x` is `[batch, inputs]`, the result `[batch, outputs]`.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer, a rate lies outside $[0, 1)$ or an activation has no such
 * name; `apply` throws {@link @deepstruct/tensor!ShapeError} when `x`, the parameters or the masks do not belong to this network
 *
 * @example
 * ```ts
 * import { mlp } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const network = mlp({ inputs: 4, hidden: [8, 8], outputs: 3, activation: 'softplus' })
 * const params = network.init(random(1))
 * const logits = await jit(network.apply)(params, filled([2, 4], 1)) // [2, 3]
 * const features = await jit(network.features.apply)(params.features, filled([2, 4], 1)) // [2, 8]
 * ```
 */
export function mlp(configuration: MlpConfiguration): Mlp {
  const { outputs, outputActivation = 'linear', ...hidden } = configuration
  const { initializer, bias } = hidden
  return withOutput(hiddenLayers(hidden), {
    outputs,
    activation: outputActivation,
    ...(initializer !== undefined && { initializer }),
    ...(bias !== undefined && { bias }),
  })
}
