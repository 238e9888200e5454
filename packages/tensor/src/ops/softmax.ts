import * as tf from '@tensorflow/tfjs-core'
import { mul, sub } from './arithmetic.ts'
import { differentiable } from './differentiable.ts'
import { exp } from './elementwise.ts'
import { logSumExp, sum } from './reduction.ts'
import type { Tensor } from './tensor.ts'

/** $x - \log \sum e^{x}$ along an axis: the logarithm of {@link softmax}, without overflow. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return sub(x, logSumExp(x, axis, true))
}

/** $e^{x} / \sum e^{x}$ along an axis: a point of the probability simplex. */
export function softmax(x: Tensor, axis = -1): Tensor {
  // The kernel knows the last axis only.
  if (axis !== -1 && axis !== x.rank - 1) return exp(logSoftmax(x, axis))
  return differentiable(tf.softmax, (dy, input) => {
    const shares = softmax(input)
    const weighted = mul(dy, shares)
    return sub(weighted, mul(shares, sum(weighted, -1, true)))
  })(x)
}
