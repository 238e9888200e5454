import type { Graph } from '../../graph/graph.ts'
import { computedBy, repeatedElement, type Value } from '../../graph/value.ts'
import { transpose } from '../compose.ts'
import {
  channelsFirst,
  channelsLast,
  geometryOf,
  kernelFirst,
  type Moves,
  padsOf,
} from './geometry.ts'

/** The convolution of `[batch, height, width, input]` with `[height, width, input, output]`. */
export function convolution(graph: Graph, x: Value, kernel: Value, moves: Moves): Value {
  const info = geometryOf(x.shape, kernel.shape, moves)
  const { image, border } = withoutBorder(x)
  const type = {
    shape: [info.batchSize, info.outChannels, info.outHeight, info.outWidth],
    dtype: x.dtype,
  }
  const operands = [transpose(graph, image, channelsFirst), transpose(graph, kernel, kernelFirst)]
  const result = graph.node('Conv', operands, type, {
    strides: [info.strideHeight, info.strideWidth],
    dilations: [info.dilationHeight, info.dilationWidth],
    pads: padsOf(info).map((pad, side) => pad + border[side]!),
  })
  return transpose(graph, result, channelsLast)
}

/** What an image is inside of a border of zeros, which the convolution can add by itself. */
function withoutBorder(x: Value): { readonly image: Value; readonly border: readonly number[] } {
  const padding = computedBy(x, 'Pad')
  const [image, sides, element] = padding?.inputs ?? []
  if (sides?.source.kind === 'integers' && repeatedElement(element) === 0) {
    const [batch, top, left, channel, batchEnd, bottom, right, channelEnd] = sides.source
      .integers as readonly [number, number, number, number, number, number, number, number]
    if ([batch, channel, batchEnd, channelEnd].every((side) => side === 0))
      return { image: image!, border: [top, left, bottom, right] }
  }
  return { image: x, border: [0, 0, 0, 0] }
}
