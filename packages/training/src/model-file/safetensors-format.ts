import type { DType, NDArray } from '@deepstruct/tensor'

/** The file begins with the length of its header, an unsigned 64-bit integer, little-endian. */
export const LENGTH_BYTES = 8

/** Headers above 100 MB are refused, as the format's reference implementation does. */
export const MAX_HEADER_BYTES = 100_000_000

/** The one header entry that is not a tensor: a map from strings to strings. */
export const METADATA = '__metadata__'

/** The name of an element type in a file that is written. */
export const FILE_DTYPES: Readonly<Record<DType, string>> = {
  float32: 'F32',
  int32: 'I32',
  bool: 'BOOL',
}

/** The element type of each name that is read. */
export const DTYPES: ReadonlyMap<string, DType> = new Map([
  ['F32', 'float32'],
  ['I32', 'int32'],
  ['BOOL', 'bool'],
  ['U8', 'bool'],
])

/** Bytes of one element. */
export function bytesPerElement(dtype: DType): number {
  return dtype === 'bool' ? 1 : 4
}

/** What a safetensors file holds. */
export interface SafetensorsContent {
  /** The arrays by name. */
  readonly tensors: Readonly<Record<string, NDArray>>
  /** Text by name. */
  readonly metadata: Readonly<Record<string, string>>
}
