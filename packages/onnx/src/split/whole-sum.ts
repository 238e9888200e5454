import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import type { Node, Value } from '../graph/value.ts'

/**
 * What a node adds up, where it gives the sum of all elements of an array: in one reduction, in several, or as a matrix product of a row and a
 * column.
 *
 * @param graph - where the addend is made
 * @param current - what has taken the place of a value
 */
export function wholeSum(
  graph: Graph,
  { op, inputs, outputs }: Node,
  current: (value: Value | undefined) => Value | undefined,
): Value | undefined {
  const [output] = outputs
  const [a, b] = inputs
  if (output === undefined || sizeOf(output.shape) !== 1) return undefined
  if (op === 'ReduceSum' && sizeOf(a!.shape) > 1) return current(unreduced(a!))
  if (op !== 'MatMul' || sizeOf(a!.shape) === 1 || sizeOf(a!.shape) !== sizeOf(b!.shape))
    return undefined
  const flat = { dtype: output.dtype, shape: [sizeOf(a!.shape)] }
  const [left, right] = [a, b].map((factor) =>
    graph.node('Reshape', [current(factor), graph.integers(flat.shape)], flat),
  )
  return graph.node('Mul', [left, right], flat)
}

/** What is reduced to a sum that is reduced further: all its elements are in the end sum. */
function unreduced(value: Value): Value {
  if (value.source.kind !== 'node') return value
  const { op, inputs } = value.source.node
  return op === 'ReduceSum' || op === 'Reshape' ? unreduced(inputs[0]!) : value
}
