import * as tf from '@tensorflow/tfjs-core'
import { ShapeError } from '../errors.ts'
import { mul } from './arithmetic.ts'
import { sum } from './reduction.ts'
import type { Tensor } from './tensor.ts'

/** Which factors of {@link matMul} are transposed. */
export interface MatMulOptions {
  /** Use $A^\top$. */
  readonly transposeA?: boolean
  /** Use $B^\top$. */
  readonly transposeB?: boolean
}

/**
 * The matrix product $AB$ over the last two axes; leading axes are a batch.
 *
 * @param a - `[..., rows, inner]`, or `[..., inner, rows]` with `transposeA`
 * @param b - `[..., inner, columns]`, or `[..., columns, inner]` with `transposeB`
 * @returns `[..., rows, columns]`
 * @throws {@link ShapeError} when the inner extents differ or an argument has fewer than two axes
 */
export function matMul(a: Tensor, b: Tensor, options: MatMulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false } = options
  const inner = a.shape[a.rank - (transposeA ? 2 : 1)]
  const other = b.shape[b.rank - (transposeB ? 1 : 2)]
  if (a.rank < 2 || b.rank < 2 || inner !== other)
    throw new ShapeError({
      function: 'matMul',
      argument: 'b',
      got: `of shape [${b.shape.join(', ')}]${transposeB ? ' transposed' : ''}`,
      expected: `an inner extent that matches [${a.shape.join(', ')}]${transposeA ? ' transposed' : ''}`,
    })
  return tf.matMul(a, b, transposeA, transposeB)
}

/** The inner product along the last axis, $\langle a, b \rangle = \sum_i a_i b_i$; broadcast. */
export function dot(a: Tensor, b: Tensor): Tensor {
  return sum(mul(a, b), -1)
}
