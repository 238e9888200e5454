import {
  type CumsumAttrs,
  type SoftmaxAttrs,
  type SumAttrs,
  type TopKAttrs,
  util,
} from '@tensorflow/tfjs-core'
import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { contraction } from '../simplify/contraction.ts'
import { cast, reshape } from './compose.ts'
import { lowering, type Lowering, type Lowerings } from './lowering.ts'

/** A reduction over axes, all of them when left out. */
export function reduce(
  graph: Graph,
  op: string,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value {
  const shape = x.shape.flatMap((extent, axis) =>
    axes.includes(axis) ? (keepDims ? [1] : []) : [extent],
  )
  if (axes.length === 0) return x
  const type = { shape, dtype: x.dtype }
  return graph.node(op, [x, graph.integers(axes.toSorted((a, b) => a - b))], type, {
    keepdims: keepDims ? 1 : 0,
  })
}

/**
 * A sum over axes. The runtime adds one number after the other in single precision, so long sums are sums of sums: 10,000 equal terms
 * would be off by 1e-4.
 */
function sum(graph: Graph, x: Value, axes: readonly number[], keepDims: boolean): Value {
  const terms = sizeOf(axes.map((axis) => x.shape[axis]!))
  const last = Math.max(...axes)
  const extent = x.shape[last]!
  const open = graph.open !== undefined
  const long = terms >= longSum || (open && axes.length > 1)
  if (x.dtype !== 'float32' || !long) return reduce(graph, 'ReduceSum', x, axes, keepDims)
  if (axes.length === 1) {
    // How a multiple of an open extent falls apart depends on the multiple.
    const chunk = open && extent % graph.open === 0 ? 1 : largestFactor(extent)
    if (chunk === 1) return reduce(graph, 'ReduceSum', x, axes, keepDims)
    const chunks = reshape(graph, x, x.shape.toSpliced(last, 1, extent / chunk, chunk))
    const partial = reduce(graph, 'ReduceSum', chunks, [last + 1], false)
    return reduce(graph, 'ReduceSum', partial, axes, keepDims)
  }
  const partial = sum(graph, x, [last], true)
  const rest = axes.filter((axis) => axis !== last)
  const total = sum(graph, partial, rest, true)
  const kept = x.shape.filter((_, axis) => !axes.includes(axis))
  return keepDims ? total : reshape(graph, total, kept)
}

const longSum = 512

/** The largest factor up to the square root. */
function largestFactor(n: number): number {
  let factor = Math.floor(Math.sqrt(n))
  while (factor > 1 && n % factor !== 0) factor--
  return Math.max(factor, 1)
}

// The attribute may be missing, which the types of tfjs do not say.
type Axes = { axis?: number | number[]; reductionIndices?: number | number[]; keepDims?: boolean }

function axesOf(x: Value, { axis, reductionIndices }: Axes): number[] {
  return util.parseAxisParam((axis ?? reductionIndices)!, [...x.shape])
}

function plain(op: string): Lowering {
  return lowering<'x', Axes>(({ x }, attributes, graph) =>
    reduce(graph, op, x, axesOf(x, attributes), attributes.keepDims ?? false),
  )
}

function ofTruths(op: string): Lowering {
  return lowering<'x', Axes>(({ x }, attributes, graph) => {
    const numbers = cast(graph, x, 'int32')
    const axes = axesOf(x, attributes)
    return cast(graph, reduce(graph, op, numbers, axes, attributes.keepDims ?? false), 'bool')
  })
}

function position(op: string): Lowering {
  return lowering<'x', { axis: number }>(({ x }, { axis }, graph) => {
    const shape = x.shape.toSpliced(axis, 1)
    const index = graph.node(op, [x], { shape, dtype: 'int64' }, { axis, keepdims: 0 })
    return cast(graph, index, 'int32')
  })
}

/** Kernels that run over axes. */
export const reductionKernels: Lowerings = {
  Sum: lowering<'x', SumAttrs>(({ x }, attributes, graph) => {
    // Truth values are counted.
    const numbers = x.dtype === 'bool' ? cast(graph, x, 'int32') : x
    const axes = axesOf(x, attributes)
    return (
      contraction(graph, numbers, axes, attributes.keepDims) ??
      sum(graph, numbers, axes, attributes.keepDims)
    )
  }),
  Mean: plain('ReduceMean'),
  Prod: plain('ReduceProd'),
  Max: plain('ReduceMax'),
  Min: plain('ReduceMin'),
  Any: ofTruths('ReduceMax'),
  All: ofTruths('ReduceMin'),
  ArgMax: position('ArgMax'),
  ArgMin: position('ArgMin'),
  Softmax: lowering<'logits', SoftmaxAttrs>(({ logits }, { dim }, graph) =>
    graph.node('Softmax', [logits], logits, { axis: dim }),
  ),
  LogSoftmax: lowering<'logits', { axis: number }>(({ logits }, { axis }, graph) =>
    graph.node('LogSoftmax', [logits], logits, { axis }),
  ),
  Cumsum: lowering<'x', CumsumAttrs>(({ x }, { axis, exclusive, reverse }, graph) =>
    graph.node('CumSum', [x, graph.fill(axis, [], 'int64')], x, {
      exclusive: exclusive ? 1 : 0,
      reverse: reverse ? 1 : 0,
    }),
  ),
  TopK: lowering<'x', TopKAttrs>(({ x }, { k, sorted }, graph) => {
    const shape = [...x.shape.slice(0, -1), k]
    const [values, indices] = graph.nodes(
      'TopK',
      [x, graph.integers([k])],
      [
        { shape, dtype: x.dtype },
        { shape, dtype: 'int64' },
      ],
      { axis: -1, largest: 1, sorted: sorted ? 1 : 0 },
    ) as [Value, Value]
    return [values, cast(graph, indices, 'int32')]
  }),
}
