import { convTranspose2d as convolve } from '@deepstruct/tensor'
import {
  type Convolution,
  type ConvolutionConfiguration,
  convolutionLayer,
} from './convolution-layer.ts'

/**
 * A transposed convolution ("deconvolution") with its activation: each input position adds a copy of the kernel to the output, so with
 * stride $s$ the result is $s$ times as large.
 *
 * `x` is `[batch, height, width, inputs]`, the result `[batch, height · s, width · s, outputs]` for `'same'` padding. The kernel is that of
 * the convolution which it transposes, `[height, width, outputs, inputs]`. A kernel size that is a multiple of the stride covers all output
 * positions alike; others leave a checkerboard pattern (Odena et al. 2016).
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer or the activation has no such name; `apply` throws
 * {@link @deepstruct/tensor!ShapeError} when `x` or the parameters do not have the layer's extents and
 * {@link @deepstruct/tensor!DTypeError} when `x` is not float32
 *
 * @example
 * ```ts
 * import { convTranspose2d } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const layer = convTranspose2d({ inputs: 8, outputs: 4, kernelSize: 4, stride: 2 })
 * await jit(layer.apply)(layer.init(random(1)), filled([2, 6, 6, 8], 1)) // [2, 12, 12, 4]
 * ```
 */
export function convTranspose2d(configuration: ConvolutionConfiguration): Convolution {
  const { inputs, outputs, kernelSize, stride = 1 } = configuration
  const positions = kernelSize ** 2
  return convolutionLayer(configuration, {
    name: 'convTranspose2d',
    kernel: [kernelSize, kernelSize, outputs, inputs],
    // An output pixel is reached from one input position in stride² of the kernel's.
    fan: { in: (positions / stride ** 2) * inputs, out: positions * outputs },
    convolve,
  })
}
