import {
  type CumsumAttrs,
  type SoftmaxAttrs,
  type SumAttrs,
  type TopKAttrs,
  util,
} from '@tensorflow/tfjs-core'
import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { cast } from './compose.ts'
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
    return reduce(graph, 'ReduceSum', numbers, axesOf(x, attributes), attributes.keepDims)
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
    const shape = x.shape.with(-1, k)
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
