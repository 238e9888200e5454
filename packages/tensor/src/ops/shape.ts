import * as tf from '@tensorflow/tfjs-core'
import { ShapeError } from '../errors.ts'
import { type DType, sizeOf } from '../ndarray.ts'
import { notEqual } from './comparison.ts'
import { differentiable } from './differentiable.ts'
import type { Tensor } from './tensor.ts'

export { broadcastTo } from './broadcast-to.ts'

/**
 * The same elements in another shape; one extent may be `-1` and is then computed.
 *
 * @throws {@link ShapeError} when the number of elements differs
 */
export function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const known = sizeOf(shape.filter((extent) => extent !== -1))
  const fits = shape.includes(-1) ? known > 0 && x.size % known === 0 : known === x.size
  if (!fits)
    throw new ShapeError({
      function: 'reshape',
      argument: 'shape',
      got: `[${shape.join(', ')}]`,
      expected: `a shape of ${x.size} elements, as [${x.shape.join(', ')}]`,
    })
  return tf.reshape(x, [...shape])
}

/** The axes in another order; reversed when left out. */
export function transpose(x: Tensor, order?: readonly number[]): Tensor {
  return tf.transpose(x, order === undefined ? undefined : [...order])
}

/** A new axis of extent 1. */
export function expandDims(x: Tensor, axis: number): Tensor {
  return tf.expandDims(x, axis)
}

/** Without the named axes of extent 1, or without all of them. */
export function squeeze(x: Tensor, axes?: readonly number[]): Tensor {
  return tf.squeeze(x, axes === undefined ? undefined : [...axes])
}

/**
 * Tensors one after the other along an axis.
 *
 * @throws {@link ShapeError} when another axis differs
 */
export function concat(tensors: readonly Tensor[], axis = 0): Tensor {
  const first = tensors[0]
  if (first === undefined)
    throw new ShapeError({
      function: 'concat',
      argument: 'tensors',
      got: 'empty',
      expected: 'at least one tensor',
    })
  const along = axis < 0 ? axis + first.rank : axis
  for (const [i, tensor] of tensors.entries())
    if (
      tensor.rank !== first.rank ||
      tensor.shape.some((extent, a) => a !== along && extent !== first.shape[a])
    )
      throw new ShapeError({
        function: 'concat',
        argument: `tensors[${i}]`,
        got: `of shape [${tensor.shape.join(', ')}]`,
        expected: `the shape [${first.shape.join(', ')}] except along axis ${along}`,
      })
  return tensors.length === 1 ? first : tf.concat([...tensors], along)
}

/** Tensors of one shape along a new axis. */
export function stack(tensors: readonly Tensor[], axis = 0): Tensor {
  return concat(
    tensors.map((tensor) => tf.expandDims(tensor, axis)),
    axis,
  )
}

/** The slices of `x` along an axis, without that axis. */
export function unstack(x: Tensor, axis = 0): Tensor[] {
  return tf.unstack(x, axis)
}

/** Pieces along an axis: so many equal ones, or of these extents. */
export function split(x: Tensor, pieces: number | readonly number[], axis = 0): Tensor[] {
  return tf.split(x, typeof pieces === 'number' ? pieces : [...pieces], axis)
}

/** A block of `size` elements per axis from `begin`; a size of `-1` goes to the end. */
export function slice(x: Tensor, begin: readonly number[], size: readonly number[]): Tensor {
  return tf.slice(x, [...begin], [...size])
}

/** A constant border: `paddings` holds before and after for each axis. */
export function pad(
  x: Tensor,
  paddings: readonly (readonly [number, number])[],
  value = 0,
): Tensor {
  return tf.pad(
    x,
    paddings.map(([before, after]) => [before, after] as [number, number]),
    value,
  )
}

/**
 * The tensor repeated so often along each axis.
 *
 * @throws {@link ShapeError} when there is not one number for each axis
 */
export function tile(x: Tensor, repetitions: readonly number[]): Tensor {
  if (repetitions.length !== x.rank)
    throw new ShapeError({
      function: 'tile',
      argument: 'repetitions',
      got: `[${repetitions.join(', ')}]`,
      expected: `one for each axis of [${x.shape.join(', ')}]`,
    })
  return differentiable(
    (input) => tf.tile(input, [...repetitions]),
    (dy, input) => {
      let folded = dy
      for (const [axis, times] of repetitions.entries()) {
        if (times === 1) continue
        const shape = folded.shape.with(axis, input.shape[axis]!)
        const outer = sizeOf(shape.slice(0, axis))
        const inner = sizeOf(shape.slice(axis))
        folded = reshape(tf.sum(reshape(folded, [outer, times, inner]), 1), shape)
      }
      return folded
    },
  )(x)
}

/** The order along an axis reversed. */
export function reverse(x: Tensor, axis: number): Tensor {
  // The Reverse kernel of the wasm backend reads truth values as if they were four bytes wide.
  return x.dtype === 'bool'
    ? cast(tf.reverse(tf.cast(x, 'int32'), axis), 'bool')
    : tf.reverse(x, axis)
}

/** The elements in another type; to bool, everything but 0 is true. The derivative passes between floats only. */
export function cast(x: Tensor, dtype: DType): Tensor {
  if (x.dtype === dtype) return x
  // The wasm backend would keep the low byte.
  return dtype === 'bool' ? notEqual(x, 0) : tf.cast(x, dtype)
}
