import * as tf from '@tensorflow/tfjs-core'
import { differentiable, differentiableAt } from './differentiable.ts'
import { reshape } from './shape.ts'
import { offTape } from './tape.ts'
import type { Tensor } from './tensor.ts'

/**
 * Slices of `x` along an axis, at these indices.
 *
 * @param indices - int32, any shape; each must lie in range
 * @returns the indices' shape in place of the axis
 */
export function gather(x: Tensor, indices: Tensor, axis = 0): Tensor {
  const along = axis < 0 ? axis + x.rank : axis
  const { shape } = x
  return differentiableAt(
    (input, at) => tf.gather(input, at, along),
    (dy, at) => {
      const others = [...shape.keys()].filter((other) => other !== along)
      const front = [along, ...others]
      const rows = tf.transpose(reshape(dy, shape.with(along, at.size)), front)
      const sums = segmentSum(rows, reshape(at, [-1]), shape[along]!)
      return tf.transpose(
        sums,
        front.map((_, to) => front.indexOf(to)),
      )
    },
  )(x, indices)
}

/**
 * Sums rows into segments: row $i$ is added to segment `segments[i]`.
 *
 * @param x - `[rows, ...]`
 * @param segments - int32 `[rows]`, each in `0 … count - 1`
 * @returns `[count, ...]`
 */
export function segmentSum(x: Tensor, segments: Tensor, count: number): Tensor {
  const sums = differentiableAt(
    (input, at) => tf.unsortedSegmentSum(input, at as tf.Tensor1D, count),
    (dy, at) => gather(dy, at),
  )(x, segments)
  return sums.dtype === x.dtype ? sums : tf.cast(sums, x.dtype)
}

/** The running sum along an axis; `exclusive` leaves the element itself out, `reverse` runs from the end. */
export function cumSum(x: Tensor, axis = -1, exclusive = false, reverse = false): Tensor {
  const along = axis < 0 ? axis + x.rank : axis
  return differentiable(
    (input) => tf.cumsum(input, along, exclusive, reverse),
    (dy) => cumSum(dy, along, exclusive, !reverse),
  )(x)
}

/** The largest elements along the last axis. */
export interface TopK {
  /** The elements, largest first. */
  readonly values: Tensor
  /** Their int32 positions along the axis; the first one at a tie. */
  readonly indices: Tensor
}

/**
 * The $k$ largest elements along the last axis, largest first, with their int32 indices. The values carry no gradient; gather
 * with the indices where one is needed.
 */
export function topK(x: Tensor, k: number): TopK {
  return offTape(() => tf.topk(x, k, true))
}
