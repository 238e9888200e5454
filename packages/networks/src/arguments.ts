import { DomainError, DTypeError, type NDArray, ShapeError, type Tensor } from '@deepstruct/tensor'

/** A shape for messages: `[2, 3]`. */
export function shapeText(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ')}]`
}

/** @throws {@link DomainError} when a number of units is no positive integer */
export function checkSize(name: string, argument: string, size: number): void {
  if (!Number.isSafeInteger(size) || size < 1)
    throw new DomainError({
      function: name,
      argument,
      got: String(size),
      expected: 'a positive integer',
    })
}

/** @throws {@link ShapeError} when x is not `[batch, …, inputs]`, {@link DTypeError} when it is not float32 */
export function checkFeatures(name: string, x: Tensor | NDArray, inputs: number): void {
  if (x.shape.length < 2 || x.shape.at(-1) !== inputs)
    throw new ShapeError({
      function: name,
      argument: 'x',
      got: `of shape ${shapeText(x.shape)}`,
      expected: `[batch, …, ${inputs}]`,
      why: `the network reads ${inputs} features`,
    })
  if (x.dtype !== 'float32')
    throw new DTypeError({ function: name, argument: 'x', got: x.dtype, expected: 'float32' })
}
