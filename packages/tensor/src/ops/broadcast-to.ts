import * as tf from '@tensorflow/tfjs-core'
import { ShapeError } from '../errors.ts'
import { sumTo } from './broadcast.ts'
import { differentiable } from './differentiable.ts'
import type { Tensor } from './tensor.ts'

/**
 * The tensor repeated along its axes of extent 1 and along new leading ones.
 *
 * @throws {@link ShapeError} when another axis differs
 */
export function broadcastTo(x: Tensor, shape: readonly number[]): Tensor {
  const lead = shape.length - x.rank
  if (lead < 0 || x.shape.some((extent, axis) => extent !== 1 && extent !== shape[axis + lead]))
    throw new ShapeError({
      function: 'broadcastTo',
      argument: 'shape',
      got: `[${shape.join(', ')}]`,
      expected: `a shape that [${x.shape.join(', ')}] broadcasts to`,
    })
  // tfjs would repeat by tiling, whose gradient adds up slice by slice.
  return differentiable(
    (input) => tf.broadcastTo(input, [...shape]),
    (dy, input) => sumTo(dy, input.shape),
  )(x)
}
