import { DataError, type DType, type NDArray, ndarray, sizeOf } from '@deepstruct/tensor'
import { type NpyArray, parse } from 'npyjs'
import { type ParseOptions, placeOf } from './place.ts'

/**
 * Reads a NumPy `.npy` file of numbers: float16, float32 and float64 become float32, integers int32, and booleans bool.
 * Fortran order is turned into row-major order.
 *
 * @param bytes - the whole file
 * @throws `DataError` when the file is malformed, cut off, of another element type, or has values that do not fit
 */
export function parseNpy(bytes: Uint8Array, options: ParseOptions = {}): NDArray {
  const place = placeOf('parseNpy', options.file)
  const { data, shape, dtype: source, fortranOrder } = readFile(bytes, options.file)
  const dtype = dtypes[source]
  if (dtype === undefined || !isNumeric(data))
    throw place.error(
      undefined,
      'file',
      `of element type ${source}`,
      `one of ${Object.keys(dtypes).join(', ')}`,
    )
  if (data.length !== sizeOf(shape))
    throw place.error(
      undefined,
      'file',
      `${data.length} elements`,
      `${sizeOf(shape)} for shape [${shape.join(', ')}]`,
    )
  const values = Array.from<number | bigint | boolean, number>(data, Number)
  const array = ndarray(fortranOrder ? rowMajor(values, shape) : values, shape, dtype)
  const changed = values.findIndex(
    (value) => dtype === 'int32' && (!Number.isInteger(value) || (value | 0) !== value),
  )
  if (changed !== -1)
    throw place.error(
      undefined,
      'file',
      `with the value ${values[changed]}`,
      'integers of 32 bits with sign',
    )
  const infinite = array.data.findIndex(
    (value, i) => !Number.isFinite(value) && Number.isFinite(values[i]),
  )
  if (infinite !== -1)
    throw place.error(
      undefined,
      'file',
      `with the value ${values[infinite]}`,
      'numbers that fit float32',
    )
  return array
}

/** What each element type of NumPy becomes. */
const dtypes: Readonly<Partial<Record<string, DType>>> = {
  b1: 'bool',
  i1: 'int32',
  u1: 'int32',
  i2: 'int32',
  u2: 'int32',
  i4: 'int32',
  u4: 'int32',
  i8: 'int32',
  u8: 'int32',
  f2: 'float32',
  f4: 'float32',
  f8: 'float32',
}

function readFile(bytes: Uint8Array, file = 'input'): NpyArray {
  try {
    // The reader wants a buffer of its own, aligned at its start.
    return parse(new Uint8Array(bytes).buffer)
  } catch (cause) {
    throw new DataError({
      function: 'parseNpy',
      argument: 'file',
      got: `unreadable: ${cause instanceof Error ? cause.message : String(cause)}`,
      expected: 'a NumPy .npy file of numbers, little-endian',
      file,
      cause,
    })
  }
}

/** Booleans come from the reader as a list, contrary to its types. */
function isNumeric(data: unknown): data is ArrayLike<number | bigint | boolean> {
  return Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView))
}

function rowMajor(values: readonly number[], shape: readonly number[]): number[] {
  const strides = shape.map((_, axis) => sizeOf(shape.slice(0, axis)))
  return values.map((_, position) => {
    let rest = position
    let source = 0
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const extent = shape[axis] as number
      source += (rest % extent) * (strides[axis] as number)
      rest = Math.floor(rest / extent)
    }
    return values[source] as number
  })
}
