import * as tf from '@tensorflow/tfjs-core'
import { broadcastShape } from './broadcast.ts'
import { stopGradient } from './tape.ts'
import { asTensor, isTensor, type Tensor, type TensorLike } from './tensor.ts'

// Most comparisons of tfjs have no gradient and throw on the tape; theirs is zero, so the arguments are taken off it.
function comparison(
  name: string,
  op: (a: Tensor, b: Tensor) => Tensor,
): (a: TensorLike, b: TensorLike) => Tensor {
  return (a, b) => {
    const left = detached(a)
    const right = detached(b)
    broadcastShape(name, left.shape, right.shape)
    return op(left, right)
  }
}

function detached(x: TensorLike): Tensor {
  return isTensor(x) && x.dtype === 'float32' ? stopGradient(x) : asTensor(x)
}

/** $a = b$ by element, as bool. */
export const equal: (a: TensorLike, b: TensorLike) => Tensor = comparison('equal', tf.equal)

/** $a \ne b$ by element, as bool. */
export const notEqual: (a: TensorLike, b: TensorLike) => Tensor = comparison(
  'notEqual',
  tf.notEqual,
)

/** $a < b$ by element, as bool. */
export const less: (a: TensorLike, b: TensorLike) => Tensor = comparison('less', tf.less)

/** $a \le b$ by element, as bool. */
export const lessEqual: (a: TensorLike, b: TensorLike) => Tensor = comparison(
  'lessEqual',
  tf.lessEqual,
)

/** $a > b$ by element, as bool. */
export const greater: (a: TensorLike, b: TensorLike) => Tensor = comparison('greater', tf.greater)

/** $a \ge b$ by element, as bool. */
export const greaterEqual: (a: TensorLike, b: TensorLike) => Tensor = comparison(
  'greaterEqual',
  tf.greaterEqual,
)

/** Both true, by element. */
export function logicalAnd(a: Tensor, b: Tensor): Tensor {
  return tf.logicalAnd(a, b)
}

/** At least one true, by element. */
export function logicalOr(a: Tensor, b: Tensor): Tensor {
  return tf.logicalOr(a, b)
}

/** Not true, by element. */
export function logicalNot(a: Tensor): Tensor {
  return tf.logicalNot(a)
}

/**
 * Elements of `a` where the condition is true, of `b` elsewhere; broadcast. Only the chosen one gets a gradient.
 *
 * @param condition - bool
 */
export function where(condition: Tensor, a: TensorLike, b: TensorLike): Tensor {
  const left = asTensor(a)
  const right = asTensor(b)
  const shape = broadcastShape(
    'where',
    broadcastShape('where', condition.shape, left.shape),
    right.shape,
  )
  // Broadcast by our own op, whose gradient exists; the Select kernel of some backends does not broadcast.
  return tf.where(fit(condition, shape), fit(left, shape), fit(right, shape))
}

function fit(x: Tensor, shape: readonly number[]): Tensor {
  return x.rank === shape.length && x.shape.every((extent, axis) => extent === shape[axis])
    ? x
    : tf.broadcastTo(x, [...shape])
}
