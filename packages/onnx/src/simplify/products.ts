import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import { computedBy, type Node, type Value, varies } from '../graph/value.ts'
import { expand, reshape } from '../kernels/compose.ts'
import { type Application, sameShape } from './application.ts'
import { oneOfEqualRows } from './late-expansion.ts'

/** Matrix products that are products by element, take a factor as it lies in memory, or can leave work to fewer rows or to before a loop. */
export function simplifyProducts(graph: Graph, application: Application): Value | undefined {
  const { op, inputs, type } = application
  if (op !== 'MatMul' && op !== 'Gemm') return undefined
  const [a, b] = inputs as [Value, Value]
  // A column times a row.
  if (op === 'MatMul' && a.shape.at(-1) === 1) return graph.node('Mul', [a, b], type)
  if (a.shape.length !== 2 || b.shape.length !== 2) return undefined
  return (
    equalRows(graph, application) ??
    scaledOnce(graph, application) ??
    (op === 'MatMul' ? asTheyLie(graph, a, b, type) : undefined)
  )
}

function asTheyLie(graph: Graph, a: Value, b: Value, type: Application['type']): Value | undefined {
  const [left, right] = [computedBy(a, 'Transpose'), computedBy(b, 'Transpose')]
  if (!left && !right) return undefined
  const source = (node: Node | undefined, factor: Value): Value => node?.inputs[0] ?? factor
  return graph.node('Gemm', [source(left, a), source(right, b)], type, {
    transA: left ? 1 : 0,
    transB: right ? 1 : 0,
  })
}

/** Rows that are all the same are multiplied once. */
function equalRows(graph: Graph, { op, inputs, type, attributes }: Application): Value | undefined {
  const [a, b, addend] = inputs as [Value, Value, Value | undefined]
  const row = attributes['transA'] === 1 ? undefined : oneOfEqualRows(graph, a)
  if (row === undefined) return undefined
  const product = graph.node(
    op,
    [row, b],
    { shape: [1, type.shape[1]!], dtype: type.dtype },
    attributes,
  )
  return addend === undefined
    ? expand(graph, product, type.shape)
    : graph.node('Add', [addend, product], type)
}

/** $(x \operatorname{diag}(c)) B = x (\operatorname{diag}(c) B)$: inside of a loop that only $x$ depends on, the scaling is done once. */
function scaledOnce(graph: Graph, { op, inputs, type }: Application): Value | undefined {
  const [a, b] = inputs as [Value, Value]
  const product = computedBy(a, 'Mul')
  if (op !== 'MatMul' || product === undefined || varies(b)) return undefined
  const [left, right] = product.inputs as [Value, Value]
  const [x, scale] = varies(left) ? [left, right] : [right, left]
  const inner = a.shape[1]!
  const perColumn = scale.shape.at(-1) === inner && sizeOf(scale.shape) === inner
  if (!varies(x) || varies(scale) || !perColumn || !sameShape(x.shape, a.shape)) return undefined
  const factors = reshape(graph, scale, [inner, 1])
  return graph.node('MatMul', [x, graph.node('Mul', [b, factors], b)], type)
}
