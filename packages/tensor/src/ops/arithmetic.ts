import * as tf from '@tensorflow/tfjs-core'
import { broadcastShape, sumTo } from './broadcast.ts'
import { differentiable2 } from './differentiable.ts'
import { offTape } from './tape.ts'
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

/** The larger of two, by element, broadcast; at a tie the gradient goes to `a`. */
export const maximum: (a: TensorLike, b: TensorLike) => Tensor = binary(
  'maximum',
  chosen(tf.maximum, tf.greaterEqual),
)

/** The smaller of two, by element, broadcast; at a tie the gradient goes to `a`. */
export const minimum: (a: TensorLike, b: TensorLike) => Tensor = binary(
  'minimum',
  chosen(tf.minimum, tf.lessEqual),
)

/** Which of two is taken is a constant of the derivative. */
function chosen(
  op: (a: Tensor, b: Tensor) => Tensor,
  takesFirst: (a: Tensor, b: Tensor) => Tensor,
): (a: Tensor, b: Tensor) => Tensor {
  return differentiable2(op, (dy, a, b) => {
    const share = (of: (first: Tensor) => Tensor): Tensor =>
      tf.mul(
        dy,
        offTape(() => tf.cast(of(takesFirst(a, b)), 'float32')),
      )
    return [
      () =>
        sumTo(
          share((first) => first),
          a.shape,
        ),
      () => sumTo(share(tf.logicalNot), b.shape),
    ]
  })
}

/** $(a - b)^2$ by element, broadcast. */
export function squaredDifference(a: TensorLike, b: TensorLike): Tensor {
  return tf.square(sub(a, b))
}
