import type { BatchMatMulAttrs } from '@tensorflow/tfjs-core'
import type { Graph } from '../graph/graph.ts'
import type { Value } from '../graph/value.ts'
import { transpose } from './compose.ts'
import { lowering, type Lowerings } from './lowering.ts'

/** Matrix products. */
export const matmulKernels: Lowerings = {
  BatchMatMul: lowering<'a' | 'b', BatchMatMulAttrs>(
    ({ a, b }, { transposeA, transposeB }, graph) =>
      matMul(graph, transposeA ? swapped(graph, a) : a, transposeB ? swapped(graph, b) : b),
  ),
}

/** The matrix product over the last two axes. */
export function matMul(graph: Graph, a: Value, b: Value): Value {
  const [rows, columns] = [a.shape.at(-2)!, b.shape.at(-1)!]
  const batch = a.shape.length >= b.shape.length ? a.shape : b.shape
  const shape = [...batch.slice(0, -2), rows, columns]
  return graph.node('MatMul', [a, b], { shape, dtype: a.dtype })
}

/** The last two axes exchanged. */
function swapped(graph: Graph, x: Value): Value {
  const axes = [...x.shape.keys()]
  return transpose(graph, x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2])
}
