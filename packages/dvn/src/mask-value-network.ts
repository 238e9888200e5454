import { box } from '@deepstruct/inference'
import {
  type ChannelStatistics,
  conv2d,
  convolutionalLayers,
  type ConvolutionParams,
  dense,
  type DenseParams,
  dropout,
  dropoutNoise,
  heUniform,
  type Initializer,
  standardizeChannels,
} from '@deepstruct/networks'
import {
  add,
  DomainError,
  expandDims,
  filled,
  mul,
  type NoiseSpec,
  relu,
  reshape,
  sub,
  type Tensor,
  zeros,
} from '@deepstruct/tensor'
import { type ValueNetwork, valueNetwork } from './value-network.ts'

/** The parameters of a {@link maskValueNetwork}; a type and no interface, so that it counts as a tree. */
export type MaskValueParams = {
  /** Mean and deviation of the training images; no player moves them. */
  readonly statistics: ChannelStatistics
  /** Everything else. */
  readonly value: {
    /** The first convolution's kernel for the image, and its intercepts. */
    readonly image: ConvolutionParams
    /** The first convolution's kernel for the mask. */
    readonly mask: ConvolutionParams
    /** The further convolutions. */
    readonly convolutions: readonly ConvolutionParams[]
    /** The fully connected layers, the last of one unit. */
    readonly dense: readonly DenseParams[]
  }
}

/** What a {@link maskValueNetwork} computes of an image; a type and no interface, so that it counts as a tree. */
export type MaskValueFeatures = {
  /** What the first convolution reads off the image, `[batch, height, width, channels]`. */
  readonly image: Tensor
  /** The dropout mask of the first fully connected layer, `[batch, units]`, while training. */
  readonly dropped?: Tensor
}

/** What a {@link maskValueNetwork} is. */
export interface MaskValueOptions {
  /** Rows of an image. */
  readonly height: number
  /** Columns of an image. */
  readonly width: number
  /** Channels of an image. */
  readonly inputs: number
  /** Channels of each convolution; the first keeps the resolution, each further one halves it. Default 64, 128, 128. */
  readonly channels?: readonly number[]
  /** Height and width of the kernels; default 5. */
  readonly kernelSize?: number
  /** Units of each fully connected layer; default 384, 192. */
  readonly units?: readonly number[]
  /** The share of units of the first of these that is dropped while training, in $[0, 1)$; default 0. */
  readonly dropout?: number
}

/** A value network of masks, with what its training draws. */
export interface MaskValueNetwork extends ValueNetwork<MaskValueParams, MaskValueFeatures> {
  /** The dropout mask for so many images; `undefined` without dropout. */
  noise(batch: number): NoiseSpec | undefined
}

/**
 * A convolutional value network of masks (Gygli et al. 2017, section 5.2): convolutions over image and mask together, then fully connected
 * layers down to the logit of the value, with rectifiers in between.
 *
 * $$
 * h_1 = [x * W_x + (2y - 1) * W_y + b]_+, \qquad h_l = [h_{l-1} *_2 W_l + b_l]_+
 * $$
 *
 * What the first convolution reads off the image does not depend on the mask, so it is computed once per image. Images are standardized
 * inside, by `params.statistics`: replace those that `init` gives, which change nothing. Inference starts at the empty mask.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer, there is no convolution, or the rate lies outside $[0, 1)$
 *
 * @example
 * ```ts
 * import { maskValueNetwork, onLogits } from '@deepstruct/dvn'
 * import { energySolver, projectedGradient } from '@deepstruct/inference'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const network = maskValueNetwork({ height: 8, width: 8, inputs: 3, channels: [4, 8], units: [16] })
 * const solve = jit(energySolver(onLogits(network), projectedGradient({ steps: 5 })))
 * const { y } = await solve(network.init(random(1)), filled([2, 8, 8, 3], 0.5)) // [2, 8, 8]
 * ```
 */
export function maskValueNetwork(options: MaskValueOptions): MaskValueNetwork {
  const { height, width, inputs, channels = [64, 128, 128], kernelSize = 5 } = options
  const { units = [384, 192], dropout: rate = 0 } = options
  const [first, ...further] = channels
  if (first === undefined)
    throw new DomainError({
      function: 'maskValueNetwork',
      argument: 'channels',
      got: 'none',
      expected: 'those of at least one convolution',
    })
  // The two kernels are one convolution of image and mask, so they are drawn as one.
  const together: Initializer = (random, shape, { out }) =>
    heUniform(random, shape, { in: kernelSize ** 2 * (inputs + 1), out })
  const shared = { outputs: first, kernelSize, initializer: together }
  const image = conv2d({ ...shared, inputs })
  const mask = conv2d({ ...shared, inputs: 1, bias: false })
  const convolutions = convolutionalLayers({
    inputs: first,
    layers: further.map((outputs) => ({ outputs, kernelSize, stride: 2 })),
  })
  const halved = (size: number): number => further.reduce((extent) => Math.ceil(extent / 2), size)
  const flat = halved(height) * halved(width) * convolutions.outputs
  const sizes = [flat, ...units, 1]
  const layers = sizes.slice(1).map((outputs, i) =>
    dense({
      inputs: sizes[i]!,
      outputs,
      activation: i === units.length ? 'linear' : 'relu',
      initializer: heUniform,
    }),
  )
  const domain = box([height, width])
  const network = valueNetwork<MaskValueParams, MaskValueFeatures>({
    init: (random) => ({
      statistics: { mean: filled([inputs], 0), deviation: filled([inputs], 1) },
      value: {
        image: image.init(random),
        mask: mask.init(random),
        convolutions: convolutions.init(random),
        dense: layers.map((layer) => layer.init(random)),
      },
    }),
    encode: ({ statistics, value }, x, noise) => ({
      image: image.apply(value.image, standardizeChannels(x, statistics)),
      ...(noise !== undefined && { dropped: noise as Tensor }),
    }),
    score({ value }, { image: ofImage, dropped }, y) {
      const centered = expandDims(sub(mul(2, y), 1), 3)
      const fine = relu(add(ofImage, mask.apply(value.mask, centered)))
      const coarse = reshape(convolutions.apply(value.convolutions, fine), [-1, flat])
      const logit = layers.reduce((h, layer, i) => {
        const next = layer.apply(value.dense[i]!, h)
        return i === 0 && units.length > 0 ? dropout(next, dropped) : next
      }, coarse)
      return reshape(logit, [-1])
    },
    domain: () => domain,
    start: (_, { image: ofImage }) => zeros([ofImage.shape[0] ?? 0, height, width]),
  })
  return {
    ...network,
    noise: (batch) => (units[0] === undefined ? undefined : dropoutNoise([batch, units[0]], rate)),
  }
}
