import { backend_util } from '@tensorflow/tfjs-core'
import type { Graph } from '../graph/graph.ts'
import type { Attribute, ElementType, Value } from '../graph/value.ts'

/** An operator of one argument that keeps shape and type. */
export function unary(
  graph: Graph,
  op: string,
  x: Value,
  attributes?: Readonly<Record<string, Attribute>>,
): Value {
  return graph.node(op, [x], x, attributes)
}

/** An operator of two arguments that broadcasts. */
export function binary(
  graph: Graph,
  op: string,
  a: Value,
  b: Value,
  dtype: ElementType = a.dtype,
): Value {
  const shape = backend_util.assertAndGetBroadcastShape([...a.shape], [...b.shape])
  return graph.node(op, [a, b], { shape, dtype })
}

/** A scalar of the same type. */
export function like(graph: Graph, x: Value, element: number): Value {
  return graph.fill(element, [], x.dtype)
}

/** The elements in another type, truncated as in C. */
export function cast(graph: Graph, x: Value, dtype: ElementType): Value {
  if (x.dtype === dtype) return x
  const to = { float32: 1, int32: 6, int64: 7, bool: 9 }[dtype]
  return graph.node('Cast', [x], { shape: x.shape, dtype }, { to })
}

/** The same elements in another shape. */
export function reshape(graph: Graph, x: Value, shape: readonly number[]): Value {
  return graph.node(
    'Reshape',
    [x, graph.integers(shape)],
    { shape, dtype: x.dtype },
    {
      // An extent of 0 is 0, not that of the operand.
      allowzero: 1,
    },
  )
}

/** The axes in another order. */
export function transpose(graph: Graph, x: Value, perm: readonly number[]): Value {
  const shape = perm.map((axis) => x.shape[axis]!)
  return graph.node('Transpose', [x], { shape, dtype: x.dtype }, { perm })
}

/** Repeated along axes of extent 1 and new leading ones. */
export function expand(graph: Graph, x: Value, shape: readonly number[]): Value {
  return graph.node('Expand', [x, graph.integers(shape)], { shape, dtype: x.dtype })
}
