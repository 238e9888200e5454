import type { Graph } from '../graph/graph.ts'
import { computedBy, repeatedElement, type Value, varies } from '../graph/value.ts'
import { type Application, sameShape } from './application.ts'

/**
 * A step along a gradient that is a matrix product plus something: $y - \eta (A B - c)$ is the product added to $y + \eta c$, in one pass over the
 * elements instead of four. Where $c$ and $\eta$ do not change from step to step, neither does $\eta c$.
 */
export function joinSteps(graph: Graph, { op, inputs, type }: Application): Value | undefined {
  if (op !== 'Sub' && op !== 'Add') return undefined
  const [from, step] = inputs as [Value, Value]
  const scaled = computedBy(step, 'Mul')
  const size = repeatedElement(scaled?.inputs[1])
  if (scaled === undefined || size === undefined || type.shape.length !== 2) return undefined
  const direction = scaled.inputs[0]!
  const sum = computedBy(direction, 'Sub') ?? computedBy(direction, 'Add')
  const first = sum?.inputs[0] ?? direction
  const product = computedBy(first, 'Gemm') ?? computedBy(first, 'MatMul')
  const [left, right, addend] = product?.inputs ?? []
  const shapes = [from, direction, ...(sum?.inputs ?? [])].map((value) => value!.shape)
  if (!left || !right || addend || !shapes.every((shape) => sameShape(shape, type.shape)))
    return undefined
  if (left.shape.length !== 2 || right.shape.length !== 2) return undefined
  // What is needed elsewhere, or at each step of a loop, is better computed once.
  const needed = graph.uses(first) > 1 || graph.uses(direction) > 1 || graph.uses(step) > 0
  if (needed || (varies(from) && !varies(first))) return undefined
  const sign = op === 'Sub' ? -1 : 1
  const other = sum?.inputs[1]
  const toward =
    other === undefined
      ? from
      : graph.node(
          (sum!.op === 'Sub') === (op === 'Sub') ? 'Add' : 'Sub',
          [from, graph.node('Mul', [other, graph.fill(size, [])], other)],
          type,
        )
  return graph.node('Gemm', [left, right, toward], type, {
    ...product!.attributes,
    alpha: { float: sign * size },
  })
}
