import type { Tensor } from '@deepstruct/tensor'
import type { Activation } from './activation.ts'
import { checkParts } from './arguments.ts'
import { conv2d } from './conv2d.ts'
import type { ConvolutionConfiguration, ConvolutionParams } from './convolution-layer.ts'
import type { DenseInitialization } from './dense.ts'
import { heUniform } from './initializer.ts'
import type { Network } from './network.ts'

/** One of {@link convolutionalLayers}: a {@link conv2d} that reads what the layer before computes. */
export type ConvolutionalLayer = Pick<
  ConvolutionConfiguration,
  'outputs' | 'kernelSize' | 'stride' | 'padding'
>

/** What {@link convolutionalLayers} are. */
export interface ConvolutionalLayersConfiguration extends DenseInitialization {
  /** The number of channels that are read. */
  readonly inputs: number
  /** The layers, in order. */
  readonly layers: readonly ConvolutionalLayer[]
  /** What follows each layer; default `relu`. */
  readonly activation?: Activation
}

/** Convolutions, one after the other, that compute features of images. */
export interface ConvolutionalLayers extends Network<readonly ConvolutionParams[]> {
  /** The last layer's activations, `[batch, height, width, outputs]`. */
  apply(params: readonly ConvolutionParams[], x: Tensor): Tensor
  /** What each layer computes, in order: for networks that also read the finer ones. */
  levels(params: readonly ConvolutionParams[], x: Tensor): readonly Tensor[]
  /** Never there: they draw nothing. */
  noise?: never
}

/**
 * A chain of convolutions: a network of features of images. First values are {@link heUniform} unless an initializer is given.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer; `apply` throws
 * {@link @deepstruct/tensor!ShapeError} when `x` or the parameters do not belong to this network
 *
 * @example
 * ```ts
 * import { convolutionalLayers } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const network = convolutionalLayers({
 *   inputs: 3,
 *   layers: [
 *     { outputs: 8, kernelSize: 5 },
 *     { outputs: 16, kernelSize: 5, stride: 2 },
 *   ],
 * })
 * await jit(network.apply)(network.init(random(1)), filled([2, 24, 24, 3], 1)) // [2, 12, 12, 16]
 * ```
 */
export function convolutionalLayers(
  configuration: ConvolutionalLayersConfiguration,
): ConvolutionalLayers {
  const { inputs, layers, activation = 'relu', initializer = heUniform, bias } = configuration
  const convolutions = layers.map((layer, i) =>
    conv2d({
      ...layer,
      inputs: layers[i - 1]?.outputs ?? inputs,
      activation,
      initializer,
      ...(bias !== undefined && { bias }),
    }),
  )
  const levels: ConvolutionalLayers['levels'] = (params, x) => {
    checkParts('convolutionalLayers', 'params', params.length, convolutions.length)
    const computed: Tensor[] = []
    for (const [i, layer] of convolutions.entries())
      computed.push(layer.apply(params[i]!, computed.at(-1) ?? x))
    return computed
  }
  return {
    inputs,
    outputs: layers.at(-1)?.outputs ?? inputs,
    init: (random) => convolutions.map((layer) => layer.init(random)),
    levels,
    apply: (params, x) => levels(params, x).at(-1) ?? x,
  }
}
