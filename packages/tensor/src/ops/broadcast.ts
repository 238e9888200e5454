import { reshape, sum } from '@tensorflow/tfjs-core'
import { ShapeError } from '../errors.ts'
import type { Tensor } from './tensor.ts'

/**
 * The shape that two shapes broadcast to.
 *
 * @throws {@link ShapeError} when an axis differs and neither extent is 1
 */
export function broadcastShape(name: string, a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let axis = 0; axis < rank; axis++) {
    const left = a[axis - rank + a.length] ?? 1
    const right = b[axis - rank + b.length] ?? 1
    if (left !== right && left !== 1 && right !== 1)
      throw new ShapeError({
        function: name,
        argument: 'b',
        got: `of shape [${b.join(', ')}]`,
        expected: `a shape that broadcasts with [${a.join(', ')}]`,
      })
    shape.push(left === 1 ? right : left)
  }
  return shape
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis])
}

/** The gradient at an argument of this shape, from the gradient at what it was broadcast to. */
export function sumTo(dy: Tensor, shape: readonly number[]): Tensor {
  if (sameShape(dy.shape, shape)) return dy
  const lead = dy.rank - shape.length
  const axes = dy.shape.flatMap((extent, axis) =>
    (shape[axis - lead] ?? 1) === 1 && (axis < lead || extent !== 1) ? [axis] : [],
  )
  return reshape(sum(dy, axes), [...shape])
}
