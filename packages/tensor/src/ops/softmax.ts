import { sub } from './arithmetic.ts'
import { exp } from './elementwise.ts'
import { logSumExp } from './reduction.ts'
import type { Tensor } from './tensor.ts'

/** $x - \log \sum e^{x}$ along an axis: the logarithm of {@link softmax}, without overflow. */
export function logSoftmax(x: Tensor, axis = -1): Tensor {
  return sub(x, logSumExp(x, axis, true))
}

/** $e^{x} / \sum e^{x}$ along an axis: a point of the probability simplex. */
export function softmax(x: Tensor, axis = -1): Tensor {
  return exp(logSoftmax(x, axis))
}
