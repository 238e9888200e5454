import * as tf from '@tensorflow/tfjs-core'
import { div, mul, sub } from './arithmetic.ts'
import { equal, isFinite, where } from './comparison.ts'
import { fill } from './creation.ts'
import { exp } from './elementwise.ts'
import { differentiable } from './differentiable.ts'
import { type Axes, reducedShape } from './reduced-shape.ts'
import { cast, reshape } from './shape.ts'
import { offTape } from './tape.ts'
import type { Tensor } from './tensor.ts'

const list = (axes: Axes | undefined): number[] | undefined =>
  axes === undefined ? undefined : typeof axes === 'number' ? [axes] : [...axes]

/** The sum over axes. */
export function sum(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  return tf.sum(x, list(axes), keepDims)
}

/** The mean over axes. */
export function mean(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  const total = sum(x, axes, keepDims)
  return div(total, Math.max(x.size, 1) / Math.max(total.size, 1))
}

/** The largest element over axes; where several are largest they share the gradient. */
export function max(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  return extremum(tf.max, x, axes, keepDims)
}

/** The smallest element over axes; where several are smallest they share the gradient. */
export function min(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  return extremum(tf.min, x, axes, keepDims)
}

function extremum(
  kernel: (x: Tensor, axes: number[] | undefined, keepDims: boolean) => Tensor,
  x: Tensor,
  axes: Axes | undefined,
  keepDims: boolean,
): Tensor {
  const value = differentiable(
    (input) => kernel(input, list(axes), true),
    (dy, input) => {
      // Which elements attain the extremum is a constant of the derivative.
      const peak = offTape(() => kernel(input, list(axes), true))
      const attained = cast(equal(input, peak), 'float32')
      return mul(dy, div(attained, sum(attained, axes, true)))
    },
  )(x)
  return keepDims ? value : reshape(value, reducedShape(x.shape, axes))
}

/** $\log \sum e^{x}$ over axes, without overflow. */
export function logSumExp(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  const value = differentiable(
    (input) => {
      const shift = finite(tf.max(input, list(axes), true))
      return tf.add(tf.log(tf.sum(tf.exp(tf.sub(input, shift)), list(axes), true)), shift)
    },
    (dy, input) => mul(dy, exp(sub(input, finite(logSumExp(input, axes, true))))),
  )(x)
  return keepDims ? value : reshape(value, reducedShape(x.shape, axes))
}

/** Of minus infinities alone the maximum is one too; subtracting it would make them not a number. */
function finite(x: Tensor): Tensor {
  return where(isFinite(x), x, 0)
}

/** The index of the largest element along an axis, int32; the first one at a tie. */
export function argMax(x: Tensor, axis = -1): Tensor {
  return offTape(() => tf.argMax(x, positive(axis, x.rank)))
}

/** The index of the smallest element along an axis, int32; the first one at a tie. */
export function argMin(x: Tensor, axis = -1): Tensor {
  return offTape(() => tf.argMin(x, positive(axis, x.rank)))
}

/** Whether any element is true, over axes; false of nothing. */
export function any(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  return decision(tf.any, false, x, axes, keepDims)
}

/** Whether every element is true, over axes; true of nothing. */
export function all(x: Tensor, axes?: Axes, keepDims = false): Tensor {
  return decision(tf.all, true, x, axes, keepDims)
}

/** Engines disagree about what holds of nothing, so they are not asked. */
function decision(
  kernel: (x: Tensor, axes: number[] | undefined, keepDims: boolean) => Tensor,
  ofNothing: boolean,
  x: Tensor,
  axes: Axes | undefined,
  keepDims: boolean,
): Tensor {
  if (x.size !== 0) return kernel(x, list(axes), keepDims)
  return fill(reducedShape(x.shape, axes, keepDims), ofNothing ? 1 : 0, 'bool')
}

function positive(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis
}
