import { ModelFileError, type NDArray, ndarray, type TypedArray } from '@deepstruct/tensor'
import { z } from 'zod'
import { duplicateKey } from './duplicate-key.ts'
import {
  bytesPerElement,
  DTYPES,
  LENGTH_BYTES,
  MAX_HEADER_BYTES,
  METADATA,
  type SafetensorsContent,
} from './safetensors-format.ts'

/** Where bytes come from, for messages. */
export interface FileSource {
  /** The path or name of the file. */
  readonly file?: string
}

/**
 * Reads the bytes of a safetensors file. Everything is checked before anything is used: the header's length and
 * text, every name, element type and size, and that the tensors fill the data without a gap, an overlap or a rest.
 * F32, I32 and BOOL become float32, int32 and bool; U8 of zeros and ones becomes bool.
 *
 * @param bytes - the whole file; the arrays that come back are copies
 * @param source - names the file in errors
 * @throws {@link @deepstruct/tensor!ModelFileError} for a file that is cut off or malformed
 */
export function decodeSafetensors(bytes: Uint8Array, source: FileSource = {}): SafetensorsContent {
  const refuse = refusal(source)
  const headerLength = readHeaderLength(bytes, refuse)
  const dataStart = LENGTH_BYTES + headerLength
  const entries = readHeader(bytes.subarray(LENGTH_BYTES, dataStart), refuse)
  const metadata = readMetadata(entries, refuse)
  const places = entries
    .filter(([name]) => name !== METADATA)
    .map(([name, entry]) => readPlace(name, entry, refuse))
  checkLayout(places, bytes.length - dataStart, refuse)
  const tensors = places.map((place) => [
    place.name,
    readTensor(place, bytes.subarray(dataStart + place.start, dataStart + place.end), refuse),
  ])
  return { tensors: Object.fromEntries(tensors), metadata }
}

type Refuse = (argument: string, got: string, expected: string, why?: string) => never

interface Place {
  readonly name: string
  readonly dtype: NDArray['dtype']
  readonly shape: readonly number[]
  readonly start: number
  readonly end: number
}

const count = z.int().nonnegative()
const entrySchema = z.strictObject({
  dtype: z.string(),
  shape: z.array(count),
  data_offsets: z.tuple([count, count]),
})

function refusal({ file }: FileSource): Refuse {
  return (argument, got, expected, why) => {
    throw new ModelFileError({
      function: 'decodeSafetensors',
      argument,
      got,
      expected,
      ...(why === undefined ? {} : { why }),
      ...(file === undefined ? {} : { file }),
    })
  }
}

function readHeaderLength(bytes: Uint8Array, refuse: Refuse): number {
  if (bytes.length < LENGTH_BYTES)
    refuse('the file', `${bytes.length} bytes long`, `at least ${LENGTH_BYTES}`, 'it is cut off')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const length = view.getBigUint64(0, true)
  if (length > MAX_HEADER_BYTES)
    refuse(
      'the header length',
      `${length}`,
      `at most ${MAX_HEADER_BYTES}`,
      'this is not a safetensors file',
    )
  if (Number(length) > bytes.length - LENGTH_BYTES)
    refuse(
      'the file',
      `${bytes.length} bytes long`,
      `${LENGTH_BYTES} and a header of ${length}`,
      'it is cut off',
    )
  return Number(length)
}

function readHeader(bytes: Uint8Array, refuse: Refuse): readonly (readonly [string, unknown])[] {
  let text: string
  let header: unknown
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    header = JSON.parse(text)
  } catch {
    return refuse('the header', 'not valid UTF-8 JSON', 'a JSON object')
  }
  if (!text.startsWith('{') || typeof header !== 'object' || header === null)
    return refuse('the header', 'JSON of another kind', 'a JSON object from the first byte on')
  const twice = duplicateKey(text)
  if (twice !== undefined)
    refuse('the header', `one with the key ${quote(twice)} twice`, 'each key once')
  return Object.entries(header)
}

function readMetadata(
  entries: readonly (readonly [string, unknown])[],
  refuse: Refuse,
): Readonly<Record<string, string>> {
  const found = entries.find(([name]) => name === METADATA)
  if (found === undefined) return {}
  const [, metadata] = found
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata))
    return refuse(METADATA, clip(JSON.stringify(metadata)), 'a map from strings to strings')
  const values: readonly (readonly [string, unknown])[] = Object.entries(metadata)
  const notes = values.map(([key, value]) =>
    typeof value === 'string'
      ? ([key, value] as const)
      : refuse(`${METADATA}[${quote(key)}]`, clip(JSON.stringify(value)), 'a string'),
  )
  return Object.fromEntries(notes)
}

function readPlace(name: string, entry: unknown, refuse: Refuse): Place {
  const parsed = entrySchema.safeParse(entry)
  if (!parsed.success)
    return refuse(
      `the entry of tensor ${quote(name)}`,
      clip(JSON.stringify(entry)),
      '{ dtype, shape, data_offsets: [start, end] } with whole numbers from 0',
    )
  const { dtype: code, shape, data_offsets: offsets } = parsed.data
  const [start, end] = offsets
  const dtype = DTYPES.get(code)
  if (dtype === undefined)
    return refuse(
      `the dtype of tensor ${quote(name)}`,
      clip(code),
      `one of ${[...DTYPES.keys()].join(', ')}`,
    )
  // Products of large extents may leave the exact integers; such a size can never equal a length in bytes.
  const size = shape.reduce((product, extent) => product * extent, bytesPerElement(dtype))
  if (end - start !== size)
    refuse(
      `the data of tensor ${quote(name)}`,
      `from ${start} to ${end}`,
      `${size} bytes for ${code} of shape [${clip(shape.join(', '))}]`,
    )
  return { name, dtype, shape, start, end }
}

function checkLayout(places: readonly Place[], dataLength: number, refuse: Refuse): void {
  const ordered = [...places]
  ordered.sort((a, b) => a.start - b.start || a.end - b.end)
  let end = 0
  for (const place of ordered) {
    if (place.start !== end)
      refuse(
        `the data of tensor ${quote(place.name)}`,
        `from ${place.start} on`,
        `from ${end} on`,
        place.start < end ? 'it overlaps another tensor' : 'there is a gap before it',
      )
    end = place.end
  }
  if (end !== dataLength)
    refuse(
      'the data',
      `${dataLength} bytes long`,
      `${end}, as the header says`,
      end > dataLength ? 'the file is cut off' : 'something follows the last tensor',
    )
}

function readTensor({ name, dtype, shape }: Place, bytes: Uint8Array, refuse: Refuse): NDArray {
  const data = storage(dtype, bytes)
  if (dtype === 'bool') {
    const wrong = data.find((value) => value > 1)
    if (wrong !== undefined)
      refuse(`a value of tensor ${quote(name)}`, `${wrong}`, '0 or 1 for a bool tensor')
  }
  return ndarray(data, shape, dtype)
}

/** The bytes as elements, in a fresh buffer, since those of a file need not be aligned. */
function storage(dtype: NDArray['dtype'], bytes: Uint8Array): TypedArray {
  const copy = new Uint8Array(bytes)
  if (dtype === 'float32') return new Float32Array(copy.buffer)
  if (dtype === 'int32') return new Int32Array(copy.buffer)
  return copy
}

function quote(name: string): string {
  return clip(JSON.stringify(name))
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text
}
