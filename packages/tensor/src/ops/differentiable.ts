import { customGrad } from '@tensorflow/tfjs-core'
import { asTensor, type Tensor, type TensorLike } from './tensor.ts'

/**
 * An op of one argument whose derivative is written with this package's own ops, so that it can be differentiated again.
 *
 * tfjs saves the *output* of several ops for their gradient. The saved copy is off the tape, so a second derivative silently misses a
 * term. Here the input is saved and the backward function computes what it needs from it, on the tape.
 *
 * @param forward - computes the value
 * @param backward - maps the gradient at the output and the input to the gradient at the input
 */
export function differentiable(
  forward: (x: Tensor) => Tensor,
  backward: (dy: Tensor, x: Tensor) => Tensor,
): (x: TensorLike) => Tensor {
  const op = customGrad((x, save) => {
    const input = x as Tensor
    ;(save as (tensors: Tensor[]) => void)([input])
    return {
      value: forward(input),
      gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved[0] as Tensor),
    }
  })
  return (x) => op(asTensor(x))
}

/** The same for two arguments; `backward` gives both gradients. */
export function differentiable2(
  forward: (a: Tensor, b: Tensor) => Tensor,
  backward: (dy: Tensor, a: Tensor, b: Tensor) => [Tensor, Tensor],
): (a: Tensor, b: Tensor) => Tensor {
  return customGrad((a, b, save) => {
    const inputs = [a as Tensor, b as Tensor] as const
    ;(save as (tensors: Tensor[]) => void)([...inputs])
    return {
      value: forward(...inputs),
      gradFunc: (dy: Tensor, saved: Tensor[]) =>
        backward(dy, saved[0] as Tensor, saved[1] as Tensor),
    }
  })
}
