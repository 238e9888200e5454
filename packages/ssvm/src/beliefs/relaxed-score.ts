import { add, dot, matMul, mul, sum, type Tensor } from '@deepstruct/tensor'

/** The score of relaxed labels, `[batch]`. */
export function relaxedScore(single: Tensor, matrix: Tensor | undefined, y: Tensor): Tensor {
  const own = sum(mul(single, y), 1)
  return matrix === undefined ? own : add(own, mul(dot(matMul(y, matrix), y), 0.5))
}
