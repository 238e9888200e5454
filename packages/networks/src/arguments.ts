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

/** @throws {@link ShapeError} when x is not `[batch, height, width, channels]`, {@link DTypeError} when it is not float32 */
export function checkImages(name: string, x: Tensor | NDArray, channels: number): void {
  if (x.shape.length !== 4 || x.shape[3] !== channels)
    throw new ShapeError({
      function: name,
      argument: 'x',
      got: `of shape ${shapeText(x.shape)}`,
      expected: `[batch, height, width, ${channels}]`,
      why: `the network reads ${channels} channels`,
    })
  if (x.dtype !== 'float32')
    throw new DTypeError({ function: name, argument: 'x', got: x.dtype, expected: 'float32' })
}

/**
 * @param shape - `undefined` for a parameter that the layer does not have
 * @throws {@link ShapeError} when a parameter has another shape
 */
export function checkParameter(
  name: string,
  argument: string,
  param: Tensor | undefined,
  shape: readonly number[] | undefined,
): void {
  const got = param === undefined ? 'absent' : `of shape ${shapeText(param.shape)}`
  const expected = shape === undefined ? 'absent' : `of shape ${shapeText(shape)}`
  if (got !== expected)
    throw new ShapeError({
      function: name,
      argument,
      got,
      expected,
      why: 'the parameters belong to another network',
    })
}

/** @throws {@link ShapeError} when a network is given more or fewer parts than it has layers */
export function checkParts(name: string, argument: string, got: number, layers: number): void {
  if (got !== layers)
    throw new ShapeError({
      function: name,
      argument,
      got: `${got} parts`,
      expected: `${layers}, one for each layer`,
    })
}
