import * as tf from '@tensorflow/tfjs-core'
import { stopGradient } from './tape.ts'
import type { Tensor } from './tensor.ts'

/**
 * Slices of `x` along an axis, at these indices.
 *
 * @param indices - int32, any shape; each must lie in range
 * @returns the indices' shape in place of the axis
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  return tf.gather(x, indices, axis)
}

/**
 * Sums rows into segments: row $i$ is added to segment `segments[i]`.
 *
 * @param x - `[rows, ...]`
 * @param segments - int32 `[rows]`, each in `0 … count - 1`
 * @returns `[count, ...]`
 */
export function segmentSum(x: Tensor, segments: Tensor, count: number): Tensor {
  return tf.unsortedSegmentSum(x, segments as tf.Tensor1D, count)
}

/** The running sum along an axis; `exclusive` leaves the element itself out, `reverse` runs from the end. */
export function cumSum(x: Tensor, axis = -1, exclusive = false, reverse = false): Tensor {
  return tf.cumsum(x, axis < 0 ? axis + x.rank : axis, exclusive, reverse)
}

/**
 * The $k$ largest elements along the last axis, largest first, with their int32 indices. The values carry no gradient; gather
 * with the indices where one is needed.
 */
export function topK(x: Tensor, k: number): { values: Tensor; indices: Tensor } {
  return tf.topk(stopGradient(x), k, true)
}
