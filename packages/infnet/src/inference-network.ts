import type { Network, WithOutput, WithOutputParams } from '@deepstruct/networks'
import type { Host, NoiseSpec, Tensor, Tree } from '@deepstruct/tensor'

/**
 * A network that does the inference, as a part of a larger state `S`: for inputs it answers with outputs at once, where a minimizer would
 * search for them. Its answers lie in the domain of the energy, so it ends in what that asks for: a sigmoid for a box, a softmax for a
 * simplex at each position.
 */
export interface InferenceNetwork<S, X = Tensor> {
  /** The parts of the state that hold its parameters. */
  readonly moves: readonly (keyof S & string)[]
  /**
   * An output for each input, `[batch, ...shape]` inside the domain.
   *
   * @param noise - dropout masks while training, nothing otherwise
   */
  answer(state: S, x: X, noise?: unknown): Tensor
  /** The random numbers that training on this batch wants; see {@link @deepstruct/networks!Network.noise}. */
  noise?(x: Host<X>): Tree<NoiseSpec> | undefined
  /** Its parameters, a tree of tensors, as regularizers see them. */
  parameters(state: S): unknown
  /** The parameters that it started from, of the same structure, where the state keeps them. */
  pretrained?(state: S): unknown
}

/**
 * An inference network whose parameters are one part of the state.
 *
 * @param network - with outputs inside the domain
 * @param part - the key of its parameters
 * @param pretrained - the key of the parameters that it started from; default it has forgotten them
 *
 * @example
 * ```ts
 * import { inferenceNetwork } from '@deepstruct/infnet'
 * import { mlp } from '@deepstruct/networks'
 *
 * const network = mlp({ inputs: 20, hidden: [50], outputs: 6, outputActivation: 'sigmoid' })
 * const answering = inferenceNetwork(network, 'inference', 'pretrained')
 * console.log(answering.moves) // ['inference']
 * ```
 */
export function inferenceNetwork<P, Key extends string, X = Tensor>(
  network: Network<P, X>,
  part: Key,
  pretrained?: Key,
): InferenceNetwork<{ readonly [K in Key]: P }, X> {
  return {
    moves: [part],
    answer: (state, x, noise) => network.apply(state[part], x, noise),
    noise: (x) => network.noise?.(x),
    parameters: (state) => state[part],
    ...(pretrained !== undefined && {
      pretrained: (state) => state[pretrained],
    }),
  }
}

/**
 * An inference network that shares the features of another one and has an output layer of its own: the shared form of Tu, Pang and
 * Gimpel (2020, section 3.2). Both move the features.
 *
 * @param network - the other network, with outputs inside the domain
 * @param trunk - the key of its parameters
 * @param part - the key of the parameters of this one's output layer
 * @param pretrained - the key of the parameters that the other one started from, and the layer too; default it has forgotten them
 */
export function secondOutput<P, Key extends string, Part extends string, X = Tensor>(
  network: WithOutput<P, X>,
  trunk: Key,
  part: Part,
  pretrained?: Key,
): InferenceNetwork<
  { readonly [K in Key]: WithOutputParams<P> } & {
    readonly [K in Part]: WithOutputParams<P>['output']
  },
  X
> {
  return {
    moves: [trunk, part],
    answer: (state, x, noise) =>
      network.apply({ features: state[trunk].features, output: state[part] }, x, noise),
    noise: (x) => network.noise?.(x),
    // The features count once, as parameters of the other network.
    parameters: (state) => state[part],
    ...(pretrained !== undefined && {
      pretrained: (state) => state[pretrained].output,
    }),
  }
}
