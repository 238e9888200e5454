import { DTypeError, ShapeError } from './errors.ts'

/** The element types of arrays. Booleans are stored as bytes 0 and 1. */
export type DType = 'float32' | 'int32' | 'bool'

/** The storage of an {@link NDArray}: `Float32Array` for float32, `Int32Array` for int32, `Uint8Array` for bool. */
export type TypedArray = Float32Array | Int32Array | Uint8Array

/**
 * An n-dimensional array as plain data, row-major. It is what users hold, save, load and pass around; the garbage
 * collector owns it, so nothing can leak.
 */
export interface NDArray {
  /** The extent of each axis; `[]` for a scalar. */
  readonly shape: readonly number[]
  /** The element type. */
  readonly dtype: DType
  /** The elements, the last axis running fastest. */
  readonly data: TypedArray
}

/** Numbers nested as deep as an array has axes. */
export type NestedNumbers = number | readonly NestedNumbers[]

/** The number of elements of an array of this shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/**
 * An array over existing elements; they are not copied.
 *
 * @param data - the elements, row-major
 * @param shape - the extents; default one axis
 * @param dtype - default by the kind of `data`
 * @throws {@link ShapeError} when the number of elements is not the product of the shape
 * @throws {@link DTypeError} when the storage does not belong to the dtype
 */
export function ndarray(
  data: TypedArray | readonly number[],
  shape?: readonly number[],
  dtype?: DType,
): NDArray {
  const typed = isTypedArray(data) ? data : storage(dtype ?? 'float32', data)
  const type = dtype ?? dtypeOf(typed)
  if (dtypeOf(typed) !== type)
    throw new DTypeError({
      function: 'ndarray',
      argument: 'data',
      got: typed.constructor.name,
      expected: `the storage of ${type}`,
    })
  const extents = shape ?? [typed.length]
  if (sizeOf(extents) !== typed.length)
    throw new ShapeError({
      function: 'ndarray',
      argument: 'data',
      got: `${typed.length} elements`,
      expected: `${sizeOf(extents)} for shape [${extents.join(', ')}]`,
    })
  return { shape: extents, dtype: type, data: typed }
}

/**
 * An array from nested JavaScript arrays: `array([[1, 2], [3, 4]])` has shape `[2, 2]`.
 *
 * @throws {@link ShapeError} when rows differ in length
 */
export function array(values: NestedNumbers, dtype: DType = 'float32'): NDArray {
  const shape = nestedShape(values)
  const flat: number[] = []
  const visit = (value: NestedNumbers, axis: number): void => {
    if (typeof value === 'number') {
      if (axis !== shape.length) throw ragged(shape, 'a number in place of a row')
      flat.push(value)
      return
    }
    if (axis === shape.length || value.length !== shape[axis])
      throw ragged(shape, `a row of ${value.length} at depth ${axis}`)
    for (const part of value) visit(part, axis + 1)
  }
  visit(values, 0)
  return { shape, dtype, data: storage(dtype, flat) }
}

/** An array of one repeated value. */
export function filled(shape: readonly number[], value: number, dtype: DType = 'float32'): NDArray {
  const data = emptyStorage(dtype, sizeOf(shape))
  if (value !== 0) data.fill(value)
  return { shape, dtype, data }
}

/** Fresh storage of `length` zeros. */
export function emptyStorage(dtype: DType, length: number): TypedArray {
  switch (dtype) {
    case 'float32':
      return new Float32Array(length)
    case 'int32':
      return new Int32Array(length)
    case 'bool':
      return new Uint8Array(length)
  }
}

/** Whether a value is an {@link NDArray}. */
export function isNDArray(value: unknown): value is NDArray {
  if (typeof value !== 'object' || value === null) return false
  const { shape, dtype, data } = value as Partial<NDArray>
  return Array.isArray(shape) && typeof dtype === 'string' && isTypedArray(data)
}

function storage(dtype: DType, values: readonly number[]): TypedArray {
  const data = emptyStorage(dtype, values.length)
  data.set(values)
  return data
}

function isTypedArray(value: unknown): value is TypedArray {
  return value instanceof Float32Array || value instanceof Int32Array || value instanceof Uint8Array
}

function dtypeOf(data: TypedArray): DType {
  return data instanceof Float32Array ? 'float32' : data instanceof Int32Array ? 'int32' : 'bool'
}

function nestedShape(values: NestedNumbers): number[] {
  const shape: number[] = []
  let level: NestedNumbers | undefined = values
  while (level !== undefined && typeof level !== 'number') {
    shape.push(level.length)
    level = level[0]
  }
  return shape
}

function ragged(shape: readonly number[], got: string): ShapeError {
  return new ShapeError({
    function: 'array',
    argument: 'values',
    got,
    expected: `rows of equal length, shape [${shape.join(', ')}]`,
  })
}
