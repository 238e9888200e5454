import { type NDArray, sizeOf } from '@deepstruct/tensor'
import type { Value } from './value.ts'

/** A constant as a plain array. */
export function constantArray({ dtype, shape, source }: Value): NDArray {
  const storage = { float32: Float32Array, int32: Int32Array, bool: Uint8Array }
  if (dtype === 'int64') throw new TypeError('a vector of int64 is no array of ours')
  if (source.kind === 'data') return { shape, dtype, data: source.data }
  if (source.kind === 'fill')
    return { shape, dtype, data: new storage[dtype](sizeOf(shape)).fill(source.element) }
  throw new TypeError(`a value of kind ${source.kind} is no constant`)
}
