import {
  type GatherV2Attrs,
  type OneHotAttrs,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core'
import { sizeOf, UnsupportedOpError } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { cast, expand, reshape } from './compose.ts'
import { lowering, type Lowerings } from './lowering.ts'

/** Kernels that look elements up by position, or add them where positions say. */
export const indexingKernels: Lowerings = {
  GatherV2: lowering<'x' | 'indices', GatherV2Attrs>(({ x, indices }, attributes, graph) => {
    const [axis] = util.parseAxisParam(attributes.axis, [...x.shape]) as [number]
    const { batchDims } = attributes
    if (batchDims !== 0)
      throw new UnsupportedOpError({
        function: 'GatherV2',
        argument: 'batchDims',
        got: String(batchDims),
        expected: '0',
      })
    const shape = [...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)]
    return graph.node('Gather', [x, indices], { shape, dtype: x.dtype }, { axis })
  }),
  UnsortedSegmentSum: lowering<'x' | 'segmentIds', UnsortedSegmentSumAttrs>(
    ({ x, segmentIds }, { numSegments }, graph) => segmentSum(graph, x, segmentIds, numSegments),
  ),
  // An index out of range gives a row without a hit.
  OneHot: lowering<'indices', OneHotAttrs>(
    ({ indices }, { depth, onValue, offValue, dtype }, graph) => {
      const classes = graph.constant({
        dtype: 'int32',
        shape: [depth],
        source: { kind: 'data', data: Int32Array.from({ length: depth }, (_, i) => i) },
      })
      const column = reshape(graph, indices, [...indices.shape, 1])
      const shape = [...indices.shape, depth]
      const hit = graph.node('Equal', [column, classes], { shape, dtype: 'bool' })
      const type = dtype === 'bool' ? 'int32' : (dtype as 'float32' | 'int32')
      const chosen = graph.node(
        'Where',
        [hit, graph.fill(onValue, [], type), graph.fill(offValue, [], type)],
        { shape, dtype: type },
      )
      return cast(graph, chosen, dtype as 'float32' | 'int32' | 'bool')
    },
  ),
}

/** Zeros, and each row added to the row that its id names. */
function segmentSum(graph: Graph, x: Value, ids: Value, count: number): Value {
  const rows = sizeOf(ids.shape)
  const inner = x.shape.slice(ids.shape.length)
  const shape = [count, ...inner]
  const positions = reshape(graph, cast(graph, ids, 'int64'), [rows, 1])
  return graph.node(
    'ScatterND',
    [
      expand(graph, graph.fill(0, [], x.dtype), shape),
      positions,
      reshape(graph, x, [rows, ...inner]),
    ],
    { shape, dtype: x.dtype },
    { reduction: 'add' },
  )
}
