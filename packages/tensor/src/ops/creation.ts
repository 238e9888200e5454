import * as tf from '@tensorflow/tfjs-core'
import type { DType, NDArray } from '../ndarray.ts'
import type { Tensor } from './tensor.ts'

/** A tensor with the elements of a plain array. */
export function constant(values: NDArray): Tensor {
  return tf.tensor(values.data, [...values.shape], values.dtype)
}

/** A scalar. */
export function scalar(value: number, dtype: DType = 'float32'): Tensor {
  return tf.scalar(dtype === 'bool' ? value !== 0 : value, dtype)
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[], dtype: DType = 'float32'): Tensor {
  return tf.zeros([...shape], dtype)
}

/** A tensor of ones. */
export function ones(shape: readonly number[], dtype: DType = 'float32'): Tensor {
  return tf.ones([...shape], dtype)
}

/** A tensor of one repeated value. */
export function fill(shape: readonly number[], value: number, dtype: DType = 'float32'): Tensor {
  return tf.fill([...shape], value, dtype)
}

/** Zeros of the shape and dtype of `x`. */
export function zerosLike(x: Tensor): Tensor {
  return tf.zerosLike(x)
}

/** Ones of the shape and dtype of `x`. */
export function onesLike(x: Tensor): Tensor {
  return tf.onesLike(x)
}

/** The int32 numbers `start, start + 1, …, stop - 1`. */
export function range(start: number, stop: number): Tensor {
  return tf.range(start, stop, 1, 'int32')
}

/**
 * One-hot vectors along a new last axis.
 *
 * @param indices - int32, any shape; an index outside the range gives a row of zeros
 * @param depth - the number of classes
 * @returns float32 of shape `[...indices.shape, depth]`
 */
export function oneHot(indices: Tensor, depth: number): Tensor {
  // The OneHot kernel of the wasm backend writes whole numbers, whatever the type asked for.
  return tf.cast(tf.oneHot(indices, depth, 1, 0, 'int32'), 'float32')
}
