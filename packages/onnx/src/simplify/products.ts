import type { Graph } from '../graph/graph.ts'
import { computedBy, type Node, type Value } from '../graph/value.ts'
import type { Application } from './application.ts'

/** Matrix products that are products by element, or take a factor as it lies in memory. */
export function simplifyProducts(
  graph: Graph,
  { op, inputs, type }: Application,
): Value | undefined {
  if (op !== 'MatMul') return undefined
  const [a, b] = inputs as [Value, Value]
  // A column times a row.
  if (a.shape.at(-1) === 1) return graph.node('Mul', [a, b], type)
  if (a.shape.length !== 2 || b.shape.length !== 2) return undefined
  const [left, right] = [computedBy(a, 'Transpose'), computedBy(b, 'Transpose')]
  if (!left && !right) return undefined
  const source = (node: Node | undefined, factor: Value): Value => node?.inputs[0] ?? factor
  return graph.node('Gemm', [source(left, a), source(right, b)], type, {
    transA: left ? 1 : 0,
    transB: right ? 1 : 0,
  })
}
