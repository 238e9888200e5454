import {
  backend_util,
  type Conv2DAttrs,
  type Conv2DBackpropFilterAttrs,
  type Conv2DBackpropInputAttrs,
} from '@tensorflow/tfjs-core'
import { transpose } from './compose.ts'
import { lowering, type Lowerings } from './lowering.ts'
import { slice } from './shape.ts'

// tfjs keeps channels last, ONNX has them first; transpositions between two convolutions cancel when the graph is simplified.
const toFirst = [0, 3, 1, 2]
const toLast = [0, 2, 3, 1]

/** Two-dimensional convolution and its two gradients. */
export const convolutionKernels: Lowerings = {
  Conv2D: lowering<'x' | 'filter', Conv2DAttrs>(({ x, filter }, attributes, graph) => {
    const info = geometry(x.shape, filter.shape, attributes)
    const image = transpose(graph, x, toFirst)
    const weights = transpose(graph, filter, [3, 2, 0, 1])
    const type = {
      shape: [info.batchSize, info.outChannels, info.outHeight, info.outWidth],
      dtype: x.dtype,
    }
    const result = graph.node('Conv', [image, weights], type, {
      strides: [info.strideHeight, info.strideWidth],
      dilations: [info.dilationHeight, info.dilationWidth],
      pads: padsOf(info),
    })
    return transpose(graph, result, toLast)
  }),

  Conv2DBackpropInput: lowering<'dy' | 'filter', Conv2DBackpropInputAttrs>(
    ({ dy, filter }, { inputShape, ...attributes }, graph) => {
      const info = geometry(inputShape, filter.shape, attributes)
      const { top, left, bottom, right } = info.padInfo
      const span = (size: number, stride: number, window: number, dilation: number): number =>
        (size - 1) * stride + (window - 1) * dilation + 1
      const type = {
        shape: [info.batchSize, info.inChannels, info.inHeight, info.inWidth],
        dtype: dy.dtype,
      }
      const result = graph.node(
        'ConvTranspose',
        [transpose(graph, dy, toFirst), transpose(graph, filter, [3, 2, 0, 1])],
        type,
        {
          strides: [info.strideHeight, info.strideWidth],
          dilations: [info.dilationHeight, info.dilationWidth],
          pads: padsOf(info),
          // Rows of the image that no window reaches.
          output_padding: [
            info.inHeight +
              top +
              bottom -
              span(info.outHeight, info.strideHeight, info.filterHeight, info.dilationHeight),
            info.inWidth +
              left +
              right -
              span(info.outWidth, info.strideWidth, info.filterWidth, info.dilationWidth),
          ],
        },
      )
      return transpose(graph, result, toLast)
    },
  ),

  // A convolution over the batch: images are the channels, the gradient at the output is the kernel.
  Conv2DBackpropFilter: lowering<'x' | 'dy', Conv2DBackpropFilterAttrs>(
    ({ x, dy }, { filterShape, ...attributes }, graph) => {
      const info = geometry(x.shape, filterShape, attributes)
      const { top, left, bottom, right } = info.padInfo
      const images = transpose(graph, x, [3, 0, 1, 2])
      const gradients = transpose(graph, dy, [3, 0, 1, 2])
      const positions = (size: number, stride: number, steps: number): number =>
        size - (steps - 1) * stride
      const [height, width] = [
        positions(info.inHeight + top + bottom, info.strideHeight, info.outHeight),
        positions(info.inWidth + left + right, info.strideWidth, info.outWidth),
      ]
      const all = graph.node(
        'Conv',
        [images, gradients],
        { shape: [info.inChannels, info.outChannels, height, width], dtype: x.dtype },
        {
          dilations: [info.strideHeight, info.strideWidth],
          strides: [info.dilationHeight, info.dilationWidth],
          pads: padsOf(info),
        },
      )
      // What the windows left over at the border are no positions of the kernel.
      const used = slice(
        graph,
        all,
        [0, 0, 0, 0],
        [info.inChannels, info.outChannels, info.filterHeight, info.filterWidth],
      )
      return transpose(graph, used, [2, 3, 0, 1])
    },
  ),
}

type Info = backend_util.Conv2DInfo

function geometry(
  input: readonly number[],
  filter: readonly number[],
  {
    strides,
    pad,
    dilations = 1,
    dimRoundingMode,
  }: Omit<Conv2DAttrs, 'dataFormat' | 'dilations'> & { dilations?: Conv2DAttrs['dilations'] },
): Info {
  return backend_util.computeConv2DInfo(
    [...input] as [number, number, number, number],
    [...filter] as [number, number, number, number],
    strides,
    dilations,
    pad,
    dimRoundingMode,
  )
}

function padsOf({ padInfo: { top, left, bottom, right } }: Info): number[] {
  return [top, left, bottom, right]
}
