import { ShapeError } from '../errors.ts'

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
