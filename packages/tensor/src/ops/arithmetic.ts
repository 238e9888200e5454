import * as tf from '@tensorflow/tfjs-core'
import { broadcastShape } from './broadcast.ts'
import { asTensor, type Tensor, type TensorLike } from './tensor.ts'

function binary(
  name: string,
  op: (a: Tensor, b: Tensor) => Tensor,
): (a: TensorLike, b: TensorLike) => Tensor {
  return (a, b) => {
    const left = asTensor(a)
    const right = asTensor(b)
    broadcastShape(name, left.shape, right.shape)
    return op(left, right)
  }
}

/** $a + b$, broadcast. */
export const add: (a: TensorLike, b: TensorLike) => Tensor = binary('add', tf.add)

/** $a - b$, broadcast. */
export const sub: (a: TensorLike, b: TensorLike) => Tensor = binary('sub', tf.sub)

/** $a \cdot b$ by element, broadcast. */
export const mul: (a: TensorLike, b: TensorLike) => Tensor = binary('mul', tf.mul)

/** $a / b$ by element, broadcast. */
export const div: (a: TensorLike, b: TensorLike) => Tensor = binary('div', tf.div)

/** The larger of two, by element; at a tie the gradient goes to `a`. */
export const maximum: (a: TensorLike, b: TensorLike) => Tensor = binary('maximum', tf.maximum)

/** The smaller of two, by element; at a tie the gradient goes to `a`. */
export const minimum: (a: TensorLike, b: TensorLike) => Tensor = binary('minimum', tf.minimum)

/** $(a - b)^2$ by element, broadcast. */
export const squaredDifference: (a: TensorLike, b: TensorLike) => Tensor = binary(
  'squaredDifference',
  tf.squaredDifference,
)
