import type { NDArray, NoiseSpec, Tensor } from '@deepstruct/tensor'
import type { Activation } from './activation.ts'
import { checkFeatures, checkParts, checkSize } from './arguments.ts'
import { dense, type DenseInitialization, type DenseParams } from './dense.ts'
import { checkRate, dropout, dropoutNoise } from './dropout.ts'
import type { Network } from './network.ts'

/** How much is dropped while training. */
export interface DropoutRates {
  /** The share of input features, in $[0, 1)$; default 0. */
  readonly input?: number
  /** The share of units of each hidden layer, in $[0, 1)$; default 0. */
  readonly hidden?: number
}

/** What {@link hiddenLayers} are. */
export interface HiddenLayersConfiguration extends DenseInitialization {
  /** The number of features that are read. */
  readonly inputs: number
  /** The number of units of each layer, in order. Without layers the features are the inputs. */
  readonly hidden: readonly number[]
  /** What follows each layer; default `relu`. */
  readonly activation?: Activation
  /** Dropout while training; default none. */
  readonly dropout?: DropoutRates
}

/** The dropout masks of {@link hiddenLayers}; `Leaf` is what stands for a mask. */
export interface DropoutMasks<Leaf> {
  /** For the input, `[batch, …, inputs]`. */
  readonly input?: Leaf
  /** One for each hidden layer, `[batch, …, units]`. */
  readonly hidden?: readonly Leaf[]
}

/** Dense layers, one after the other, that compute features. */
export interface HiddenLayers extends Network<readonly DenseParams[]> {
  /** The last layer's activations, `[batch, …, outputs]`. */
  apply(params: readonly DenseParams[], x: Tensor, noise?: DropoutMasks<Tensor>): Tensor
  /** The dropout masks for a batch; the input's has the nonzeros of `x` only. `undefined` without dropout. */
  noise(x: NDArray): { input?: NoiseSpec; hidden?: readonly NoiseSpec[] } | undefined
}

/**
 * The hidden layers of a multilayer perceptron: a network of features.
 *
 * $$ h_0 = x, \quad h_l = f(h_{l-1} W_l + b_l) $$
 *
 * With dropout, $x$ and every $h_l$, the last one too, are multiplied by a mask.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer or a rate lies outside $[0, 1)$; `apply` throws
 * {@link @deepstruct/tensor!ShapeError} when `x`, the parameters or the masks do not belong to this network
 */
export function hiddenLayers(configuration: HiddenLayersConfiguration): HiddenLayers {
  const { inputs, hidden, activation = 'relu', dropout: rates = {}, ...draws } = configuration
  const { input: inputRate = 0, hidden: hiddenRate = 0 } = rates
  checkSize('hiddenLayers', 'inputs', inputs)
  for (const [i, units] of hidden.entries()) checkSize('hiddenLayers', `hidden[${i}]`, units)
  checkRate('hiddenLayers', 'dropout.input', inputRate)
  checkRate('hiddenLayers', 'dropout.hidden', hiddenRate)
  const layers = hidden.map((units, i) =>
    dense({ ...draws, inputs: hidden[i - 1] ?? inputs, outputs: units, activation }),
  )
  return {
    inputs,
    outputs: hidden.at(-1) ?? inputs,
    init: (random) => layers.map((layer) => layer.init(random)),
    apply: (params, x, noise = {}) => {
      checkFeatures('hiddenLayers', x, inputs)
      checkParts('hiddenLayers', 'params', params.length, layers.length)
      if (noise.hidden !== undefined)
        checkParts('hiddenLayers', 'noise.hidden', noise.hidden.length, layers.length)
      return layers.reduce(
        (h, layer, i) => dropout(layer.apply(params[i]!, h), noise.hidden?.[i]),
        dropout(x, noise.input),
      )
    },
    noise: (x) => {
      checkFeatures('hiddenLayers', x, inputs)
      const positions = x.shape.slice(0, -1)
      const input = dropoutNoise(x.shape, inputRate, x)
      const masks = hidden.flatMap((units) => dropoutNoise([...positions, units], hiddenRate) ?? [])
      if (input === undefined && masks.length === 0) return undefined
      return { ...(input && { input }), ...(masks.length > 0 && { hidden: masks }) }
    },
  }
}
