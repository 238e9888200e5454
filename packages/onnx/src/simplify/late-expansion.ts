import { backend_util } from '@tensorflow/tfjs-core'
import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import { computedBy, type Value } from '../graph/value.ts'
import { reshape } from '../kernels/compose.ts'
import { type Application, sameShape } from './application.ts'
import { broadcastingOps, unaryOps } from './elementwise-ops.ts'

/**
 * Repeats elements after an operator instead of before it, and not at all where its other operands bring the extents along:
 * $f(\text{expand}(x), y) = f(x, y)$.
 */
export function expandLate(
  graph: Graph,
  { op, inputs, type, attributes }: Application,
): Value | undefined {
  const single = op in unaryOps || op === 'Cast' || op === 'Clip'
  if (!single && !(op in broadcastingOps)) return undefined
  const small = inputs.map((input) => unexpanded(graph, input))
  if (small.every((input, i) => input === inputs[i])) return undefined
  const shape = single
    ? small[0]!.shape
    : small
        .map((input) => [...input!.shape])
        .reduce((a, b) => backend_util.assertAndGetBroadcastShape(a, b))
  const result = graph.node(op, small, { shape, dtype: type.dtype }, attributes)
  return sameShape(shape, type.shape)
    ? result
    : graph.node('Expand', [result, graph.integers(type.shape)], type)
}

/** The row `[1, columns]` that a matrix repeats, if it repeats one more than once. */
export function oneOfEqualRows(graph: Graph, matrix: Value): Value | undefined {
  const { shape, dtype, source } = matrix
  const [rows, columns] = shape as [number, number]
  if (rows < 2) return undefined
  if (source.kind === 'fill') return graph.fill(source.element, [1, columns], dtype)
  const row = computedBy(matrix, 'Expand')?.inputs[0]
  return row?.shape.at(-1) === columns && sizeOf(row.shape) === columns
    ? reshape(graph, row, [1, columns])
    : undefined
}

function unexpanded(graph: Graph, value: Value | undefined): Value | undefined {
  const expand = computedBy(value, 'Expand')
  if (expand !== undefined) return expand.inputs[0]
  return value?.source.kind === 'fill' && value.shape.length > 0
    ? graph.fill(value.source.element, [], value.dtype)
    : value
}
