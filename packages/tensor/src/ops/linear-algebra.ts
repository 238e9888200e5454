import * as tf from '@tensorflow/tfjs-core'
import { ShapeError } from '../errors.ts'
import { mul } from './arithmetic.ts'
import { broadcastShape, sameShape } from './broadcast.ts'
import { sum } from './reduction.ts'
import { broadcastTo, reshape } from './shape.ts'
import type { Tensor } from './tensor.ts'

/** Which factors of {@link matMul} are transposed. */
export interface MatMulOptions {
  /** Use $A^\top$. */
  readonly transposeA?: boolean
  /** Use $B^\top$. */
  readonly transposeB?: boolean
}

/**
 * The matrix product $AB$ over the last two axes; leading axes are a batch, broadcast.
 *
 * @param a - `[..., rows, inner]`, or `[..., inner, rows]` with `transposeA`
 * @param b - `[..., inner, columns]`, or `[..., columns, inner]` with `transposeB`
 * @returns `[..., rows, columns]`
 * @throws {@link ShapeError} when the inner extents differ, the batches do not broadcast, or an argument has fewer than two axes
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
  const batchA = a.shape.slice(0, -2)
  const batchB = b.shape.slice(0, -2)
  if (sameShape(batchA, batchB)) return tf.matMul(a, b, transposeA, transposeB)
  if (b.rank === 2 && !transposeA) {
    // One matrix for the whole batch: its rows are rows of one product.
    const product = tf.matMul(reshape(a, [-1, inner!]), b, false, transposeB)
    return reshape(product, [...a.shape.slice(0, -1), product.shape[1]!])
  }
  // The kernels of some backends do not broadcast batches, and no gradient does.
  const batch = broadcastShape('matMul', batchA, batchB)
  const spread = (x: Tensor): Tensor => broadcastTo(x, [...batch, ...x.shape.slice(-2)])
  return tf.matMul(spread(a), spread(b), transposeA, transposeB)
}

/** The inner product along the last axis, $\langle a, b \rangle = \sum_i a_i b_i$; broadcast. */
export function dot(a: Tensor, b: Tensor): Tensor {
  return sum(mul(a, b), -1)
}
