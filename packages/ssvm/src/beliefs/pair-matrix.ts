import {
  add,
  expandDims,
  matMul,
  mul,
  oneHot,
  reshape,
  slice,
  type Tensor,
  transpose,
} from '@deepstruct/tensor'

/** Weights of pairs as a symmetric matrix `[labels, labels]` with a zero diagonal, so that $\sum_j P_{ij} y_j$ is what neighbors say of a label. */
export function pairMatrix(pairs: Tensor, edges: Tensor, labels: number): Tensor {
  const count = edges.shape[0]
  const end = (side: number): Tensor =>
    oneHot(reshape(slice(edges, [0, side], [count, 1]), [count]), labels)
  const upper = matMul(end(0), mul(expandDims(pairs, 1), end(1)), { transposeA: true })
  return add(upper, transpose(upper))
}
