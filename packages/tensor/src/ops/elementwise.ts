import * as tf from '@tensorflow/tfjs-core'
import { div, minimum, mul, sub } from './arithmetic.ts'
import { equal, greater, greaterEqual, less, where } from './comparison.ts'
import { differentiable } from './differentiable.ts'
import { cast } from './shape.ts'
import { offTape } from './tape.ts'
import { asTensor, type Tensor, type TensorLike } from './tensor.ts'

/** $-x$. */
export function neg(x: TensorLike): Tensor {
  return tf.neg(asTensor(x))
}

/** $|x|$; the derivative at 0 is 0. */
export const abs: (x: TensorLike) => Tensor = differentiable(tf.abs, (dy, x) => mul(dy, sign(x)))

/** $-1$, $0$ or $1$; the derivative is 0. */
export function sign(x: TensorLike): Tensor {
  // The Sign kernel of the wasm backend gives 0 for small negative numbers.
  return sub(cast(greater(x, 0), 'float32'), cast(less(x, 0), 'float32'))
}

/** $\lfloor x \rfloor$; the derivative is 0. */
export function floor(x: TensorLike): Tensor {
  return tf.floor(asTensor(x))
}

/** $x^2$. */
export function square(x: TensorLike): Tensor {
  return tf.square(asTensor(x))
}

/** $\sqrt{x}$. */
export function sqrt(x: TensorLike): Tensor {
  return tf.sqrt(asTensor(x))
}

/** $1 / x$. */
export function reciprocal(x: TensorLike): Tensor {
  return div(1, x)
}

/** $x^n$ for a constant exponent; $x$ must not be negative unless $n$ is whole. */
export function power(x: TensorLike, exponent: number): Tensor {
  const input = asTensor(x)
  if (exponent === 0) return tf.onesLike(input)
  if (exponent === 1) return input
  return differentiable(
    (base) => tf.pow(base, tf.scalar(exponent)),
    (dy, base) => mul(dy, mul(exponent, power(base, exponent - 1))),
  )(input)
}

/** $e^x$. */
export const exp: (x: TensorLike) => Tensor = differentiable(tf.exp, (dy, x) => mul(dy, exp(x)))

/** $\log x$. */
export function log(x: TensorLike): Tensor {
  return tf.log(asTensor(x))
}

/** $\log(1 + x)$, exact for small $x$. */
export function log1p(x: TensorLike): Tensor {
  return tf.log1p(asTensor(x))
}

/** $\sin x$. */
export function sin(x: TensorLike): Tensor {
  return tf.sin(asTensor(x))
}

/** $\cos x$. */
export function cos(x: TensorLike): Tensor {
  return tf.cos(asTensor(x))
}

/**
 * $\min(\max(x, \text{low}), \text{high})$; the derivative is 1 inside and on the bounds, 0 outside.
 */
export function clip(x: TensorLike, low: number, high: number): Tensor {
  return differentiable(
    (input) => tf.clipByValue(input, low, high),
    // What clipping does not change lies inside or on the bounds.
    (dy, input) =>
      mul(
        dy,
        cast(
          equal(
            input,
            offTape(() => tf.clipByValue(input, low, high)),
          ),
          'float32',
        ),
      ),
  )(x)
}

/** 1 where $x > 0$, else 0, as float32; the derivative is 0. */
export function step(x: TensorLike): Tensor {
  return tf.step(asTensor(x))
}

/** $\max(x, 0)$; the derivative at 0 is 0. */
export function relu(x: TensorLike): Tensor {
  return tf.relu(asTensor(x))
}

/** $x$ for $x \ge 0$, $\alpha x$ below. */
export function leakyRelu(x: TensorLike, alpha = 0.2): Tensor {
  return differentiable(
    (input) => tf.leakyRelu(input, alpha),
    (dy, input) => mul(dy, where(greaterEqual(input, 0), 1, alpha)),
  )(x)
}

// The exponentials below see only what is negative: an overflow above would give 0 · ∞ in the second derivative.

/** $x$ for $x \ge 0$, $e^x - 1$ below. */
export const elu: (x: TensorLike) => Tensor = differentiable(tf.elu, (dy, x) =>
  mul(dy, exp(minimum(x, 0))),
)

/** The scaled exponential unit of Klambauer et al. (2017), section 1, with their two constants. */
export const selu: (x: TensorLike) => Tensor = differentiable(tf.selu, (dy, x) => {
  const alpha = 1.6732632423543772
  const scale = 1.0507009873554805
  return mul(dy, where(greaterEqual(x, 0), scale, mul(scale * alpha, exp(minimum(x, 0)))))
})
