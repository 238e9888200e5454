import { conv2d as convolve } from '@deepstruct/tensor'
import {
  type Convolution,
  type ConvolutionConfiguration,
  convolutionLayer,
} from './convolution-layer.ts'

/**
 * A convolution with its activation.
 *
 * $$ f(x * W + b) $$
 *
 * `x` is `[batch, height, width, inputs]`. With stride $s$ the result is `[batch, ⌈height / s⌉, ⌈width / s⌉, outputs]` for `'same'`
 * padding.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when a size is no positive integer or the activation has no such name; `apply` throws
 * {@link @deepstruct/tensor!ShapeError} when `x` or the parameters do not have the layer's extents and
 * {@link @deepstruct/tensor!DTypeError} when `x` is not float32
 *
 * @example
 * ```ts
 * import { conv2d } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const layer = conv2d({ inputs: 3, outputs: 8, kernelSize: 5, stride: 2, activation: 'relu' })
 * await jit(layer.apply)(layer.init(random(1)), filled([2, 24, 24, 3], 1)) // [2, 12, 12, 8]
 * ```
 */
export function conv2d(configuration: ConvolutionConfiguration): Convolution {
  const { inputs, outputs, kernelSize } = configuration
  const positions = kernelSize ** 2
  return convolutionLayer(configuration, {
    name: 'conv2d',
    kernel: [kernelSize, kernelSize, inputs, outputs],
    fan: { in: positions * inputs, out: positions * outputs },
    convolve,
  })
}
