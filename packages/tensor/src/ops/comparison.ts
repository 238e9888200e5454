import * as tf from '@tensorflow/tfjs-core'
import { broadcastShape, sameShape } from './broadcast.ts'
import { broadcastTo } from './broadcast-to.ts'
import { offTape } from './tape.ts'
import { asTensor, type Tensor, type TensorLike } from './tensor.ts'

// Most comparisons of tfjs have no gradient and throw on the tape; theirs is zero, so they run off it.
function comparison(
  name: string,
  op: (a: Tensor, b: Tensor) => Tensor,
): (a: TensorLike, b: TensorLike) => Tensor {
  return (a, b) =>
    offTape(() => {
      const left = ordered(asTensor(a))
      const right = ordered(asTensor(b))
      broadcastShape(name, left.shape, right.shape)
      return op(left, right)
    })
}

/** TensorFlow does not order truth values. */
function ordered(x: Tensor): Tensor {
  return x.dtype === 'bool' ? tf.cast(x, 'int32') : x
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
  const [c, x, y] = [fit(condition, shape), fit(left, shape), fit(right, shape)]
  // The Select kernel of the wasm backend reads truth values as if they were four bytes wide.
  if (x.dtype === 'bool' && y.dtype === 'bool')
    return tf.logicalOr(tf.logicalAnd(c, x), tf.logicalAnd(tf.logicalNot(c), y))
  return tf.where(c, x, y)
}

function fit(x: Tensor, shape: readonly number[]): Tensor {
  return sameShape(x.shape, shape) ? x : broadcastTo(x, shape)
}

/** Neither infinite nor not-a-number, by element, as bool. */
export function isFinite(x: TensorLike): Tensor {
  return offTape(() => tf.isFinite(asTensor(x)))
}
