import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { cast, transpose } from '../kernels/compose.ts'
import { channelsFirst, channelsLast, transposedFrom } from '../kernels/convolution/geometry.ts'
import { blockedOp } from './blocked-ops.ts'

/** The values of a graph that is written anew, each in the layouts that are asked for. */
export interface Layouts {
  /** Notes what a value has become. */
  set(value: Value, now: Value): void
  /** Notes what a value has become, in blocks of channels. */
  setBlocked(value: Value, now: Value): void
  /** Whether an image is there in blocks of channels. */
  isBlocked(value: Value | undefined): boolean
  /** A value as it was. */
  plain(value: Value): Value
  /** An image in blocks of channels. */
  blocked(value: Value): Value
  /** An image with its channels last. */
  last(value: Value): Value
}

/** No values yet. */
export function layouts(graph: Graph): Layouts {
  const now = new Map<Value, Value>()
  const blocks = new Map<Value, Value>()
  const ordered = (value: Value, channelsAreLast: boolean): Value => {
    const image = blocks.get(value)!
    const [batch, channels, height, width] = value.shape as [number, number, number, number]
    const shape = channelsAreLast ? [batch, height, width, channels] : value.shape
    const attributes = { channels, channels_last: channelsAreLast ? 1 : 0 }
    // Only numbers are put in order.
    const numbers = cast(graph, image, 'float32')
    const type = { shape, dtype: numbers.dtype }
    return cast(
      graph,
      graph.node(blockedOp('ReorderOutput'), [numbers], type, attributes),
      image.dtype,
    )
  }
  const all: Layouts = {
    set: (value, is) => void now.set(value, is),
    setBlocked: (value, is) => void blocks.set(value, is),
    isBlocked: (value) => value !== undefined && blocks.has(value),
    plain(value) {
      let is = now.get(value)
      if (is === undefined && blocks.has(value)) now.set(value, (is = ordered(value, false)))
      return is ?? value
    },
    blocked(value) {
      let is = blocks.get(value)
      if (is === undefined) {
        const image = all.plain(value)
        const type = { shape: value.shape, dtype: value.dtype }
        const last = transposedFrom(image, channelsFirst)
        const attributes = { channels_last: last ? 1 : 0 }
        is = graph.node(blockedOp('ReorderInput'), [last ?? image], type, attributes)
        blocks.set(value, is)
      }
      return is
    },
    last: (value) =>
      blocks.has(value) ? ordered(value, true) : transpose(graph, all.plain(value), channelsLast),
  }
  return all
}
