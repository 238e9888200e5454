import {
  add,
  type Host,
  type NDArray,
  type NoiseSpec,
  slice,
  type Tensor,
} from '@deepstruct/tensor'
import { type Activation, activationFunction } from './activation.ts'
import { checkImages, checkParts } from './arguments.ts'
import { conv2d } from './conv2d.ts'
import { convTranspose2d } from './conv-transpose2d.ts'
import type { ConvolutionParams } from './convolution-layer.ts'
import { convolutionalLayers, type ConvolutionalLayers } from './convolutional-layers.ts'
import type { DenseInitialization } from './dense.ts'
import { checkRate, dropoutChannels, dropoutNoise } from './dropout.ts'
import { heUniform } from './initializer.ts'
import type { Network } from './network.ts'

/** What an {@link fcn} is. */
export interface FcnConfiguration extends DenseInitialization {
  /** The channels of an image, for instance 3. */
  readonly inputs: number
  /** The channels of the result; default 1, the logit of a mask. */
  readonly outputs?: number
  /** Channels of each convolution, in order; the first keeps the resolution, each further one halves it. Default 64, 128, 128. */
  readonly channels?: readonly number[]
  /** Height and width of the kernels of the convolutions; default 5. */
  readonly kernelSize?: number
  /** What follows each layer but the last; default `relu`. */
  readonly activation?: Activation
  /** The share of channels of the coarsest level that is dropped while training, in $[0, 1)$; default 0. */
  readonly dropout?: number
}

/** The parameters of a step that doubles the resolution. */
export interface FcnUpsamplingParams {
  /** The transposed convolution of the coarser level. */
  readonly up: ConvolutionParams
  /** The 1×1 convolution of the finer level that is added. */
  readonly skip: ConvolutionParams
}

/** The parameters of an {@link fcn}. */
export interface FcnParams {
  /** The convolutions, from fine to coarse. */
  readonly convolutions: readonly ConvolutionParams[]
  /** The way back, from coarse to fine. */
  readonly upsampling: readonly FcnUpsamplingParams[]
  /** The last convolution. */
  readonly output: ConvolutionParams
}

/** The dropout masks of an {@link fcn}; `Leaf` is what stands for a mask. */
export interface FcnMasks<Leaf> {
  /** For the channels of the coarsest level, `[batch, channels]`. */
  readonly channels: Leaf
}

/** A fully convolutional network. */
export interface Fcn extends Network<FcnParams> {
  /** One result for each pixel, `[batch, height, width, outputs]`. */
  apply(params: FcnParams, x: Tensor, noise?: FcnMasks<Tensor>): Tensor
  /** The dropout mask for a batch; `undefined` without dropout. */
  noise(x: NDArray): { channels: NoiseSpec } | undefined
  /** The convolutions alone. */
  readonly convolutions: ConvolutionalLayers
}

/**
 * A fully convolutional network: convolutions down to a coarse level, then transposed convolutions back to the resolution of the image,
 * each added to a 1×1 convolution of the level that it comes to (skip connections; Long, Shelhamer and Darrell 2015, section 4.2).
 *
 * $$ h_1 = f(x * W_1), \quad h_l = f(h_{l-1} *_2 W_l), \quad u_n = h_n, \quad u_l = f(u_{l+1} *_2^\top V_l + h_l * S_l) $$
 *
 * The logits are a 3×3 convolution of $u_1$. A step back has half the channels of its level. `x` is `[batch, height, width, inputs]` of
 * any height and width, the result `[batch, height, width, outputs]`.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer or the rate lies outside $[0, 1)$; `apply` throws
 * {@link @deepstruct/tensor!ShapeError} when `x`, the parameters or the mask do not belong to this network
 *
 * @example
 * ```ts
 * import { fcn } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const network = fcn({ inputs: 3, channels: [8, 16, 16] })
 * await jit(network.apply)(network.init(random(1)), filled([2, 24, 24, 3], 1)) // [2, 24, 24, 1]
 * ```
 */
export function fcn(configuration: FcnConfiguration): Fcn {
  const { inputs, outputs = 1, channels = [64, 128, 128], kernelSize = 5 } = configuration
  const { activation = 'relu', dropout: rate = 0, initializer = heUniform, bias } = configuration
  checkRate('fcn', 'dropout', rate)
  const activate = activationFunction(activation)
  const draws = { initializer, ...(bias !== undefined && { bias }) }
  const convolutions = convolutionalLayers({
    ...draws,
    inputs,
    activation,
    layers: channels.map((width, i) => ({ outputs: width, kernelSize, stride: i === 0 ? 1 : 2 })),
  })
  // From coarse to fine: the level that is reached, its channels, and half of them for the step.
  const reached = channels.slice(0, -1).toReversed()
  const half = (width: number): number => Math.ceil(width / 2)
  const steps = reached.map((width, i) => {
    const from = i === 0 ? channels.at(-1)! : half(reached[i - 1]!)
    const sizes = { ...draws, outputs: half(width) }
    return {
      up: convTranspose2d({ ...sizes, inputs: from, kernelSize: 4, stride: 2 }),
      skip: conv2d({ ...sizes, inputs: width, kernelSize: 1 }),
    }
  })
  const last = steps.at(-1)?.up.outputs ?? convolutions.outputs
  const output = conv2d({ ...draws, inputs: last, outputs, kernelSize: 3 })
  return {
    inputs,
    outputs,
    convolutions,
    init: (random): Host<FcnParams> => ({
      convolutions: convolutions.init(random),
      upsampling: steps.map(({ up, skip }) => ({ up: up.init(random), skip: skip.init(random) })),
      output: output.init(random),
    }),
    apply: (params, x, noise) => {
      checkImages('fcn', x, inputs)
      checkParts('fcn', 'params.upsampling', params.upsampling.length, steps.length)
      const levels = convolutions.levels(params.convolutions, x)
      let coarse = dropoutChannels(levels.at(-1) ?? x, noise?.channels)
      for (const [i, { up, skip }] of steps.entries()) {
        const { up: upParams, skip: skipParams } = params.upsampling[i]!
        const fine = skip.apply(skipParams, levels[levels.length - 2 - i]!)
        coarse = activate(add(cropLike(up.apply(upParams, coarse), fine), fine))
      }
      return output.apply(params.output, coarse)
    },
    noise: (x) => {
      checkImages('fcn', x, inputs)
      const mask = dropoutNoise([x.shape[0]!, convolutions.outputs], rate)
      return mask && { channels: mask }
    },
  }
}

/** Halving rounds up, so doubling may give one row or column too many. */
function cropLike(x: Tensor, like: Tensor): Tensor {
  const [, height, width] = like.shape as [number, number, number, number]
  if (x.shape[1] === height && x.shape[2] === width) return x
  return slice(x, [0, 0, 0, 0], [-1, height, width, -1])
}
