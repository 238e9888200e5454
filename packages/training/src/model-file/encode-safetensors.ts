import { DomainError, type NDArray, ShapeError, sizeOf } from '@deepstruct/tensor'
import {
  bytesPerElement,
  FILE_DTYPES,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA,
} from './safetensors-format.ts'

/**
 * The bytes of a safetensors file. Equal tensors and metadata give equal bytes, in whatever order they were written
 * down.
 *
 * @param tensors - arrays by name
 * @param metadata - text by name
 * @throws {@link @deepstruct/tensor!DomainError} for a tensor named `__metadata__`, which the format reserves, or a header
 * above 100 MB
 * @throws {@link @deepstruct/tensor!ShapeError} for an array whose storage does not match its shape
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { decodeSafetensors, encodeSafetensors } from '@deepstruct/training'
 *
 * const bytes = encodeSafetensors({ 'mlp.0.kernel': array([[1, 2]]) }, { note: 'an example' })
 * decodeSafetensors(bytes).tensors['mlp.0.kernel'] // shape [1, 2]
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NDArray>>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const entries = Object.entries(tensors)
  for (const [name, tensor] of entries) check(name, tensor)
  // Wide elements first keep every tensor aligned, for readers that map the file into memory.
  entries.sort(
    ([a, one], [b, other]) =>
      bytesPerElement(other.dtype) - bytesPerElement(one.dtype) || (a < b ? -1 : 1),
  )
  let end = 0
  const described = entries.map(([name, { dtype, shape, data }]) => {
    const start = end
    end += data.byteLength
    return [name, { dtype: FILE_DTYPES[dtype], shape, data_offsets: [start, end] }]
  })
  const notes = Object.entries(metadata)
  notes.sort(([a], [b]) => (a < b ? -1 : 1))
  const header = headerBytes({
    ...(notes.length === 0 ? {} : { [METADATA]: Object.fromEntries(notes) }),
    ...Object.fromEntries(described),
  })
  const bytes = new Uint8Array(LENGTH_BYTES + header.length + end)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(header.length), true)
  bytes.set(header, LENGTH_BYTES)
  let position = LENGTH_BYTES + header.length
  for (const [, { data }] of entries) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), position)
    position += data.byteLength
  }
  return bytes
}

/** Spaces after the JSON put the first tensor on a multiple of 8. */
function headerBytes(header: object): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(header))
  const length = Math.ceil(json.length / 8) * 8
  if (length > MAX_HEADER_BYTES)
    throw new DomainError({
      function: 'encodeSafetensors',
      argument: 'the header',
      got: `${length} bytes long`,
      expected: `at most ${MAX_HEADER_BYTES}`,
      why: 'names and metadata make the header; large values belong into tensors',
    })
  const padded = new Uint8Array(length).fill(0x20)
  padded.set(json)
  return padded
}

function check(name: string, { shape, data }: NDArray): void {
  if (name === METADATA)
    throw new DomainError({
      function: 'encodeSafetensors',
      argument: 'a tensor name',
      got: METADATA,
      expected: 'any other name',
      why: 'the format reserves it',
    })
  if (sizeOf(shape) !== data.length)
    throw new ShapeError({
      function: 'encodeSafetensors',
      argument: name,
      got: `${data.length} elements`,
      expected: `${sizeOf(shape)} for shape [${shape.join(', ')}]`,
    })
}
