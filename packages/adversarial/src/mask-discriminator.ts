import {
  conv2d,
  convolutionalLayers,
  type ConvolutionParams,
  heUniform,
} from '@deepstruct/networks'
import {
  concat,
  DomainError,
  type Host,
  mean,
  mul,
  type Random,
  ShapeError,
  slice,
  squeeze,
  stack,
  sub,
  type Tensor,
} from '@deepstruct/tensor'

/** What the discriminator reads of an image and a mask. */
export type DiscriminatorInput = 'basic' | 'product'

/** What a {@link maskDiscriminator} is. */
export interface MaskDiscriminatorOptions {
  /** Channels of an image. */
  readonly inputs: number
  /** Classes of a pixel, 2 or more; left out, masks are of one object. */
  readonly classes?: number
  /** `basic` reads the image beside the map of each class, `product` the image times each map; default `basic`. */
  readonly reads?: DiscriminatorInput
  /** Channels of each convolution; each but the first halves the resolution. Default 16, 32, 64. */
  readonly channels?: readonly number[]
  /** Height and width of the kernels; default 5. */
  readonly kernelSize?: number
}

/** The parameters of a {@link maskDiscriminator}; a type and no interface, so that it counts as a tree. */
export type MaskDiscriminatorParams = {
  /** The convolutions over image and mask. */
  readonly convolutions: readonly ConvolutionParams[]
  /** The convolution that gives each patch its logit. */
  readonly output: ConvolutionParams
}

/** A network that tells true masks from made ones. */
export interface MaskDiscriminator {
  /** Rows and columns of the patch that each logit is about. */
  readonly receptiveField: number
  /** Fresh parameters. */
  init(random: Random): Host<MaskDiscriminatorParams>
  /**
   * The logit of being true of each patch, `[batch, rows, columns]`.
   *
   * @param x - images `[batch, height, width, channels]`, as the network is to see them
   * @param y - masks `[batch, height, width]` in $[0, 1]$, or `[batch, height, width, classes]`
   */
  patches(params: MaskDiscriminatorParams, x: Tensor, y: Tensor): Tensor
  /** The logit of being true of each mask, `[batch]`: the mean over its patches. */
  apply(params: MaskDiscriminatorParams, x: Tensor, y: Tensor): Tensor
}

/**
 * A fully convolutional discriminator of masks for images (Luc et al. 2016, section 3.2). Every patch of the size of its receptive field gets a
 * logit, and a mask gets the mean.
 *
 * $$
 * D(x, y) = \frac{1}{|P|} \sum_{p \in P} d_p(x, y), \qquad \text{basic: } [x, y_1, …, y_K], \qquad \text{product: } [x\, y_1, …, x\, y_K]
 * $$
 *
 * Convolutions do not pad, so that no patch looks beyond the border, where a discriminator could count zeros. A mask of one object has two maps,
 * $1 - y$ and $y$. Activations are leaky rectifiers.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer, or there is no convolution; `patches` and `apply` throw
 * {@link @deepstruct/tensor!DomainError} when the images are smaller than the receptive field, and {@link @deepstruct/tensor!ShapeError} when
 * images, masks and network do not belong together
 *
 * @example
 * ```ts
 * import { maskDiscriminator } from '@deepstruct/adversarial'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const discriminator = maskDiscriminator({ inputs: 3 })
 * const params = discriminator.init(random(1))
 * await jit(discriminator.apply)(params, filled([2, 32, 32, 3], 0), filled([2, 32, 32], 1)) // [2]
 * ```
 */
export function maskDiscriminator(options: MaskDiscriminatorOptions): MaskDiscriminator {
  const { inputs, classes, reads = 'basic', channels = [16, 32, 64], kernelSize = 5 } = options
  if (channels.length === 0)
    throw new DomainError({
      function: 'maskDiscriminator',
      argument: 'channels',
      got: 'none',
      expected: 'those of at least one convolution',
    })
  const maps = classes ?? 2
  const convolutions = convolutionalLayers({
    inputs: reads === 'basic' ? inputs + maps : inputs * maps,
    activation: 'leakyRelu',
    layers: channels.map((outputs, i) => ({
      outputs,
      kernelSize,
      stride: i === 0 ? 1 : 2,
      padding: 'valid',
    })),
  })
  const output = conv2d({
    inputs: convolutions.outputs,
    outputs: 1,
    kernelSize: 1,
    initializer: heUniform,
  })
  const receptiveField = fieldOf(channels.length, kernelSize)
  const patches: MaskDiscriminator['patches'] = (params, x, y) => {
    checkPair(x, y, classes, receptiveField)
    const seen = read(reads, x, classes === undefined ? stack([sub(1, y), y], 3) : y)
    const features = convolutions.apply(params.convolutions, seen)
    return squeeze(output.apply(params.output, features), [3])
  }
  return {
    receptiveField,
    init: (random) => ({
      convolutions: convolutions.init(random),
      output: output.init(random),
    }),
    patches,
    apply: (params, x, y) => mean(patches(params, x, y), [1, 2]),
  }
}

/** What the first convolution reads. */
function read(reads: DiscriminatorInput, x: Tensor, maps: Tensor): Tensor {
  if (reads === 'basic') return concat([x, maps], 3)
  const classes = Array.from({ length: maps.shape[3]! }, (_, k) =>
    slice(maps, [0, 0, 0, k], [-1, -1, -1, 1]),
  )
  return concat(
    classes.map((map) => mul(x, map)),
    3,
  )
}

/** The first convolution has stride 1, so that the second still sees every pixel; further ones step twice as far each. */
function fieldOf(layers: number, kernelSize: number): number {
  return Array.from({ length: layers }, (_, i) => 2 ** Math.max(0, i - 1)).reduce(
    (field, step) => field + (kernelSize - 1) * step,
    1,
  )
}

function checkPair(x: Tensor, y: Tensor, classes: number | undefined, field: number): void {
  const [batch = 0, height = 0, width = 0] = x.shape
  const expected = [batch, height, width, ...(classes === undefined ? [] : [classes])]
  if (x.rank !== 4 || y.shape.join() !== expected.join())
    throw new ShapeError({
      function: 'maskDiscriminator',
      argument: 'y',
      got: `of shape [${y.shape.join(', ')}]`,
      expected: `[${expected.join(', ')}] for images of shape [${x.shape.join(', ')}]`,
    })
  if (height < field || width < field)
    throw new DomainError({
      function: 'maskDiscriminator',
      argument: 'x',
      got: `images of ${height} × ${width} pixels`,
      expected: `${field} × ${field} or more`,
      why: 'that is the receptive field of the network',
    })
}
