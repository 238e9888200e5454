import { add, type Host, type Random, type Tensor } from '@deepstruct/tensor'
import { type Activation, activationFunction } from './activation.ts'
import { checkImages, checkParameter, checkSize } from './arguments.ts'
import type { DenseInitialization } from './dense.ts'
import { type Fan, glorotUniform, zeroInitializer } from './initializer.ts'
import type { Network } from './network.ts'

/** The parameters of a convolution, plain or transposed. */
export interface ConvolutionParams {
  /** The weights, `[height, width, inputs, outputs]`; of a transposed convolution `[height, width, outputs, inputs]`. */
  readonly kernel: Tensor
  /** The intercepts, `[outputs]`; absent in a layer without. */
  readonly bias?: Tensor
}

/** What a convolution is. */
export interface ConvolutionConfiguration extends DenseInitialization {
  /** The number of channels that it reads. */
  readonly inputs: number
  /** The number of channels that it computes. */
  readonly outputs: number
  /** Height and width of the kernel. */
  readonly kernelSize: number
  /** The step between positions along height and width; default 1. */
  readonly stride?: number
  /** `'same'` pads with zeros, `'valid'` pads nothing; default `'same'`. */
  readonly padding?: 'same' | 'valid'
  /** What follows the convolution; default `linear`. */
  readonly activation?: Activation
}

/** One convolution with its activation; it has no randomness. */
export interface Convolution extends Network<ConvolutionParams> {
  /** From images `[batch, height, width, inputs]` to `[batch, output height, output width, outputs]`. */
  apply(params: ConvolutionParams, x: Tensor): Tensor
  /** Never there: a convolution draws nothing. */
  noise?: never
}

/** What plain and transposed convolutions differ in. */
interface Kind {
  readonly name: string
  readonly kernel: readonly number[]
  readonly fan: Fan
  readonly convolve: (
    x: Tensor,
    kernel: Tensor,
    move: { readonly stride: number; readonly padding: 'same' | 'valid' },
  ) => Tensor
}

/** The layer around a convolution of either kind. */
export function convolutionLayer(
  configuration: ConvolutionConfiguration,
  { name, kernel: shape, fan, convolve }: Kind,
): Convolution {
  const { inputs, outputs, kernelSize, stride = 1, padding = 'same' } = configuration
  const {
    activation = 'linear',
    initializer = glorotUniform,
    bias = zeroInitializer,
  } = configuration
  for (const [argument, size] of Object.entries({ inputs, outputs, kernelSize, stride }))
    checkSize(name, argument, size)
  const activate = activationFunction(activation)
  return {
    inputs,
    outputs,
    init: (random: Random): Host<ConvolutionParams> => ({
      kernel: initializer(random, shape, fan),
      ...(bias !== false && { bias: bias(random, [outputs], fan) }),
    }),
    apply: (params, x) => {
      checkImages(name, x, inputs)
      checkParameter(name, 'params.kernel', params.kernel, shape)
      checkParameter(name, 'params.bias', params.bias, bias === false ? undefined : [outputs])
      const channels = convolve(x, params.kernel, { stride, padding })
      return activate(params.bias === undefined ? channels : add(channels, params.bias))
    },
  }
}
