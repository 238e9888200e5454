import { sizeOf } from '@deepstruct/tensor'
import type { Graph } from '../graph/graph.ts'
import { computedBy, type Value } from '../graph/value.ts'
import { reshape, transpose } from '../kernels/compose.ts'
import { matMul } from '../kernels/matmul.ts'

/**
 * A sum over one axis of a product in which each other axis belongs to one factor, as a matrix product:
 * $\sum_k a_{ik} b_{jk} = (A B^\top)_{ij}$. The product of all pairs is never stored.
 *
 * @returns nothing when `x` is no such product; the axis stays as an extent of 1 with `keepDims`
 */
export function contraction(
  graph: Graph,
  x: Value,
  axes: readonly number[],
  keepDims: boolean,
): Value | undefined {
  const product = computedBy(x, 'Mul')
  const [axis] = axes
  if (product === undefined || axes.length !== 1 || axis === undefined) return undefined
  const rank = x.shape.length
  const factorOf = (value: Value): Factor => ({
    value,
    shape: [...Array<number>(rank - value.shape.length).fill(1), ...value.shape],
  })
  const [a, b] = [factorOf(product.inputs[0]!), factorOf(product.inputs[1]!)]
  const others = [...x.shape.keys()].filter((other) => other !== axis)
  const owns = (factor: Factor, other: number): boolean => factor.shape[other] !== 1
  const shared = others.some((other) => owns(a, other) && owns(b, other))
  const summed = owns(a, axis) && owns(b, axis)
  const ofA = others.filter((other) => owns(a, other))
  const ofB = others.filter((other) => owns(b, other))
  // A plain inner product of vectors gains nothing.
  if (shared || !summed || ofA.length + ofB.length === 0) return undefined
  // The axes of one factor stand before those of the other, or the result would have to be put in order.
  const inOrder = (ofA[0] ?? rank) < (ofB[0] ?? rank)
  const [first, second] = inOrder ? [a, b] : [b, a]
  const [rows, columns] = inOrder ? [ofA, ofB] : [ofB, ofA]
  if (rows.length > 0 && columns.length > 0 && rows.at(-1)! > columns[0]!) return undefined
  const matrix = (factor: Factor, own: readonly number[]): Value => {
    const extents = own.map((other) => factor.shape[other]!)
    const extent = x.shape[axis]!
    const lined = reshape(graph, factor.value, factor.shape)
    const perm = [...own, axis, ...others.filter((other) => !own.includes(other))]
    return reshape(graph, transpose(graph, lined, perm), [sizeOf(extents), extent])
  }
  const left = matrix(first, rows)
  // A vector only where nothing is transposed: ONNX Runtime 1.30 multiplies a transposed matrix and a vector wrongly.
  const result =
    columns.length === 0 && computedBy(left, 'Transpose') === undefined
      ? graph.node('MatMul', [left, reshape(graph, second.value, [x.shape[axis]!])], {
          shape: [left.shape[0]!],
          dtype: x.dtype,
        })
      : matMul(graph, left, transpose(graph, matrix(second, columns), [1, 0]))
  const shape = x.shape.flatMap((extent, other) =>
    other === axis ? (keepDims ? [1] : []) : [extent],
  )
  return reshape(graph, result, shape)
}

interface Factor {
  readonly value: Value
  readonly shape: readonly number[]
}
