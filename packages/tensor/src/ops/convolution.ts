import * as tf from '@tensorflow/tfjs-core'
import { ShapeError } from '../errors.ts'
import { differentiable2 } from './differentiable.ts'
import { max, mean } from './reduction.ts'
import { reshape } from './shape.ts'
import type { Tensor } from './tensor.ts'

/** How a convolution moves and what happens at the border. */
export interface ConvolutionOptions {
  /** The step between positions, along height and width alike; default 1. */
  readonly stride?: number
  /** `'same'` pads with zeros so that the output has `⌈size / stride⌉` positions; `'valid'` pads nothing. */
  readonly padding?: 'same' | 'valid'
}

type Size = readonly [batch: number, height: number, width: number, channels: number]
type KernelSize = readonly [height: number, width: number, input: number, output: number]

// Convolution, its gradient at the input and its gradient at the kernel are bilinear and closed under differentiation: each of
// the three has the other two as its derivatives. So all orders exist, where tfjs stops at the kernel's gradient.
type Geometry = { stride: number; padding: 'same' | 'valid'; input: Size; kernel: KernelSize }

const convolve = (x: Tensor, kernel: Tensor, g: Geometry): Tensor =>
  differentiable2(
    (a, b) => tf.conv2d(padded(a, g), b as tf.Tensor4D, g.stride, 'valid'),
    (dy, a, b) => [() => inputGradient(dy, b, g), () => kernelGradient(a, dy, g)],
  )(x, kernel)

/**
 * With the border that `'same'` asks for, so that the convolution itself needs none: the wasm backend gives zeros where the stride
 * is larger than the kernel along one axis.
 */
function padded(x: Tensor, { padding, stride, input, kernel }: Geometry): tf.Tensor4D {
  const border = (axis: 1 | 2): [number, number] => {
    const [size, window] = [input[axis], kernel[axis - 1]!]
    const total = Math.max((Math.ceil(size / stride) - 1) * stride + window - size, 0)
    return [Math.floor(total / 2), Math.ceil(total / 2)]
  }
  const image = x as tf.Tensor4D
  if (padding === 'valid') return image
  const [rows, columns] = [border(1), border(2)]
  return rows[1] + columns[1] === 0 ? image : tf.pad(image, [[0, 0], rows, columns, [0, 0]])
}

const inputGradient = (dy: Tensor, kernel: Tensor, g: Geometry): Tensor =>
  differentiable2(
    (a, b) =>
      tf.conv2dTranspose(
        a as tf.Tensor4D,
        b as tf.Tensor4D,
        [...g.input] as [number, number, number, number],
        g.stride,
        g.padding,
      ),
    (dx, a, b) => [() => convolve(dx, b, g), () => kernelGradient(dx, a, g)],
  )(dy, kernel)

const kernelGradient = (x: Tensor, dy: Tensor, g: Geometry): Tensor =>
  differentiable2(
    (a, b) =>
      tf.engine().runKernel('Conv2DBackpropFilter', { x: a, dy: b }, {
        strides: g.stride,
        pad: g.padding,
        dataFormat: 'NHWC',
        dimRoundingMode: undefined,
        filterShape: [...g.kernel],
      } as never),
    (dw, a, b) => [() => inputGradient(b, dw, g), () => convolve(a, dw, g)],
  )(x, dy)

/**
 * Two-dimensional convolution (cross-correlation, as everywhere in deep learning).
 *
 * @param x - `[batch, height, width, input channels]`
 * @param kernel - `[height, width, input channels, output channels]`
 * @returns `[batch, output height, output width, output channels]`
 * @throws {@link ShapeError} when the channels differ or an argument does not have four axes
 */
export function conv2d(x: Tensor, kernel: Tensor, options: ConvolutionOptions = {}): Tensor {
  requireRank('conv2d', 'x', x, 4)
  requireRank('conv2d', 'kernel', kernel, 4)
  if (x.shape[3] !== kernel.shape[2])
    throw new ShapeError({
      function: 'conv2d',
      argument: 'kernel',
      got: `of shape [${kernel.shape.join(', ')}]`,
      expected: `${x.shape[3]} input channels, as x has`,
    })
  return convolve(x, kernel, geometry(x.shape as unknown as Size, kernel, options))
}

/**
 * Transposed convolution: the gradient of {@link conv2d} at its input. With `'same'` padding the output is `stride` times as large.
 *
 * @param x - `[batch, height, width, input channels]`
 * @param kernel - `[height, width, output channels, input channels]`: the kernel of the convolution that it transposes
 * @returns `[batch, output height, output width, output channels]`
 * @throws {@link ShapeError} when the channels differ or an argument does not have four axes
 */
export function convTranspose2d(
  x: Tensor,
  kernel: Tensor,
  options: ConvolutionOptions = {},
): Tensor {
  requireRank('convTranspose2d', 'x', x, 4)
  requireRank('convTranspose2d', 'kernel', kernel, 4)
  const [batch, height, width, channels] = x.shape as unknown as Size
  const [kernelHeight, kernelWidth, output, input] = kernel.shape as unknown as KernelSize
  if (channels !== input)
    throw new ShapeError({
      function: 'convTranspose2d',
      argument: 'kernel',
      got: `of shape [${kernel.shape.join(', ')}]`,
      expected: `${channels} input channels on the last axis, as x has`,
    })
  const { stride = 1, padding = 'same' } = options
  const extent = (size: number, window: number): number =>
    padding === 'same' ? size * stride : (size - 1) * stride + window
  const size: Size = [batch, extent(height, kernelHeight), extent(width, kernelWidth), output]
  return inputGradient(x, kernel, geometry(size, kernel, options))
}

/**
 * The largest value of each window of `size` × `size`, windows side by side.
 *
 * @param x - `[batch, height, width, channels]`; height and width must be multiples of `size`
 * @returns `[batch, height / size, width / size, channels]`
 * @throws {@link ShapeError} when a window would not fit
 */
export function maxPool2d(x: Tensor, size: number): Tensor {
  return max(windows('maxPool2d', x, size), [2, 4])
}

/**
 * The mean of each window of `size` × `size`, windows side by side; shapes as in {@link maxPool2d}.
 *
 * @throws {@link ShapeError} when a window would not fit
 */
export function averagePool2d(x: Tensor, size: number): Tensor {
  return mean(windows('averagePool2d', x, size), [2, 4])
}

function windows(name: string, x: Tensor, size: number): Tensor {
  requireRank(name, 'x', x, 4)
  const [batch, height, width, channels] = x.shape as unknown as Size
  if (height % size !== 0 || width % size !== 0)
    throw new ShapeError({
      function: name,
      argument: 'x',
      got: `of height ${height} and width ${width}`,
      expected: `multiples of ${size}`,
    })
  return reshape(x, [batch, height / size, size, width / size, size, channels])
}

function geometry(input: Size, kernel: Tensor, options: ConvolutionOptions): Geometry {
  const { stride = 1, padding = 'same' } = options
  return { stride, padding, input, kernel: kernel.shape as unknown as KernelSize }
}

function requireRank(name: string, argument: string, x: Tensor, rank: number): void {
  if (x.rank !== rank)
    throw new ShapeError({
      function: name,
      argument,
      got: `of shape [${x.shape.join(', ')}]`,
      expected: `${rank} axes`,
    })
}
