import type { Graph } from '../../graph/graph.ts'
import type { Value } from '../../graph/value.ts'
import { transpose } from '../compose.ts'
import {
  channelsFirst,
  channelsLast,
  geometryOf,
  kernelFirst,
  type Moves,
  padsOf,
} from './geometry.ts'

/** The gradient of a convolution at its input, of these extents: the transposed convolution. */
export function inputGradient(
  graph: Graph,
  dy: Value,
  kernel: Value,
  inputShape: readonly number[],
  moves: Moves,
): Value {
  const info = geometryOf(inputShape, kernel.shape, moves)
  const { top, left, bottom, right } = info.padInfo
  const span = (size: number, stride: number, window: number, dilation: number): number =>
    (size - 1) * stride + (window - 1) * dilation + 1
  const type = {
    shape: [info.batchSize, info.inChannels, info.inHeight, info.inWidth],
    dtype: dy.dtype,
  }
  const operands = [transpose(graph, dy, channelsFirst), transpose(graph, kernel, kernelFirst)]
  const result = graph.node('ConvTranspose', operands, type, {
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
  })
  return transpose(graph, result, channelsLast)
}
