import * as tf from '@tensorflow/tfjs-core'
import { mul, sub } from './arithmetic.ts'
import { neg, square } from './elementwise.ts'
import { differentiable } from './differentiable.ts'
import { asTensor, type Tensor, type TensorLike } from './tensor.ts'

/** $\tanh x$. */
export const tanh: (x: TensorLike) => Tensor = differentiable(tf.tanh, (dy, x) =>
  mul(dy, sub(1, square(tanh(x)))),
)

/** The logistic function $1 / (1 + e^{-x})$. */
export const sigmoid: (x: TensorLike) => Tensor = differentiable(tf.sigmoid, (dy, x) => {
  const s = sigmoid(x)
  return mul(dy, mul(s, sub(1, s)))
})

/** $\log(1 + e^x)$, without overflow. */
export const softplus: (x: TensorLike) => Tensor = differentiable(tf.softplus, (dy, x) =>
  mul(dy, sigmoid(x)),
)

/** $\log \sigma(x) = -\log(1 + e^{-x})$, without overflow. */
export function logSigmoid(x: TensorLike): Tensor {
  return neg(softplus(neg(asTensor(x))))
}

/**
 * Binary cross-entropy of a logit, by element: $\max(z, 0) - z y + \log(1 + e^{-|z|})$.
 *
 * @param labels - targets in $[0, 1]$
 * @param logits - scores before the sigmoid, of the same shape
 */
export function sigmoidCrossEntropy(labels: Tensor, logits: Tensor): Tensor {
  return sub(softplus(logits), mul(logits, labels))
}
