import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { reshape, transpose } from '../kernels/compose.ts'
import { channelsFirst, channelsLast, transposedFrom } from '../kernels/convolution/geometry.ts'
import type { Application } from './application.ts'
import { broadcastingOps, unaryOps } from './elementwise-ops.ts'

/**
 * Keeps the channels of images first, as convolutions want them, and puts them last after an operator instead of before it:
 * $f(x^\top, y) = f(x, y^{\top^{-1}})^\top$. Between two convolutions the transpositions cancel.
 */
export function transposeLate(graph: Graph, application: Application): Value | undefined {
  const { op, inputs, type } = application
  const single = op in unaryOps || op === 'Cast' || op === 'Clip'
  if (single || op in broadcastingOps)
    return type.shape.length === 4 && inputs.some((input) => imageOf(input) !== undefined)
      ? elementwise(graph, application)
      : undefined
  const image = imageOf(inputs[0])
  if (image === undefined) return undefined
  if (op === 'Slice') return channelsOf(graph, application, image)
  return op.startsWith('Reduce') ? reduced(graph, application, image) : undefined
}

/** What a value is with its channels first, if they were put last. */
function imageOf(value: Value | undefined): Value | undefined {
  return transposedFrom(value, channelsLast)
}

/** The shape with the channels first. */
function first(shape: readonly number[]): readonly number[] {
  return channelsFirst.map((axis) => shape[axis]!)
}

function elementwise(graph: Graph, { op, inputs, type, attributes }: Application): Value {
  const operands = inputs.map((input) => {
    if (input === undefined || input.shape.length === 0) return input
    const lead = Array<number>(4 - input.shape.length).fill(1)
    return transpose(graph, reshape(graph, input, [...lead, ...input.shape]), channelsFirst)
  })
  const inOrder = { shape: first(type.shape), dtype: type.dtype }
  return transpose(graph, graph.node(op, operands, inOrder, attributes), channelsLast)
}

/** Some channels of an image: there is less to put in order. */
function channelsOf(
  graph: Graph,
  { inputs: [, begin, end, axes, steps], type, attributes }: Application,
  image: Value,
): Value | undefined {
  if (axes?.source.kind !== 'integers' || axes.source.integers.join() !== '3') return undefined
  const inOrder = { shape: first(type.shape), dtype: type.dtype }
  const operands = [image, begin, end, graph.integers([1]), steps]
  return transpose(graph, graph.node('Slice', operands, inOrder, attributes), channelsLast)
}

function reduced(
  graph: Graph,
  { op, inputs: [, axes], type, attributes }: Application,
  image: Value,
): Value | undefined {
  if (axes?.source.kind !== 'integers') return undefined
  const within = axes.source.integers.map((axis) => channelsLast[axis]!)
  const shape = image.shape.map((extent, axis) => (within.includes(axis) ? 1 : extent))
  const total = graph.node(
    op,
    [image, graph.integers(within.toSorted((a, b) => a - b))],
    { shape, dtype: type.dtype },
    { ...attributes, keepdims: 1 },
  )
  return reshape(graph, transpose(graph, total, channelsLast), type.shape)
}
