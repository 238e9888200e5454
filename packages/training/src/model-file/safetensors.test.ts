import {
  array,
  DomainError,
  ModelFileError,
  type NDArray,
  ndarray,
  ShapeError,
} from '@deepstruct/tensor'
import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeSafetensors, encodeSafetensors } from '../index.ts'

const tensors = {
  'layers.0.kernel': array([
    [1.5, -2, 3],
    [0, 1e-30, 5],
  ]),
  steps: array([7, -8], 'int32'),
  mask: array([1, 0, 1], 'bool'),
  scalar: array(4),
  nothing: ndarray(new Float32Array(0), [0, 3]),
}

describe('a safetensors file', () => {
  it('comes back as it was written', () => {
    const metadata = { note: 'größer ☃', empty: '' }
    expect(decodeSafetensors(encodeSafetensors(tensors, metadata))).toEqual({ tensors, metadata })
    expect(decodeSafetensors(encodeSafetensors({}))).toEqual({ tensors: {}, metadata: {} })
  })

  it('keeps NaN, infinities and the sign of zero, bit by bit', () => {
    const special = ndarray(Float32Array.of(Number.NaN, Infinity, -Infinity, -0), [4])
    expect(decodeSafetensors(encodeSafetensors({ special })).tensors['special']).toEqual(special)
  })

  it('has the layout of the format, byte by byte', () => {
    const bytes = encodeSafetensors({ a: array([1, -2]), b: array([1], 'bool') }, { k: 'v' })
    const header =
      '{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
      '"b":{"dtype":"BOOL","shape":[1],"data_offsets":[8,9]}}'
    const padded = header.padEnd(Math.ceil(header.length / 8) * 8, ' ')
    const length = [padded.length & 255, padded.length >> 8, 0, 0, 0, 0, 0, 0]
    const data = [0, 0, 128, 63, 0, 0, 0, 192, 1]
    expect([...bytes]).toEqual([...length, ...new TextEncoder().encode(padded), ...data])
  })

  it('does not depend on the order in which tensors and metadata are written down', () => {
    const reversed = Object.fromEntries(Object.entries(tensors).toReversed())
    expect(encodeSafetensors(reversed, { b: '2', a: '1' })).toEqual(
      encodeSafetensors(tensors, { a: '1', b: '2' }),
    )
  })

  it('round-trips any names, metadata and arrays', () => {
    fc.assert(
      fc.property(
        dictionaries(arrays),
        dictionaries(fc.string({ unit: 'binary' })),
        (some, notes) => {
          const decoded = decodeSafetensors(encodeSafetensors(some, notes))
          expect(decoded.metadata).toEqual(notes)
          expect(decoded.tensors).toEqual(some)
        },
      ),
    )
  })

  it('reads bytes that begin anywhere in a larger buffer, and gives back copies', () => {
    const bytes = encodeSafetensors(tensors)
    const shifted = Buffer.concat([Buffer.from([1, 2, 3]), bytes]).subarray(3)
    const decoded = decodeSafetensors(shifted)
    shifted.fill(0)
    expect(decoded.tensors).toEqual(tensors)
  })

  it('reads U8 of zeros and ones as bool, and the header without padding', () => {
    const bytes = file('{"a":{"dtype":"U8","shape":[2],"data_offsets":[0,2]}}', [0, 1])
    expect(decodeSafetensors(bytes).tensors).toEqual({ a: array([0, 1], 'bool') })
  })

  it('reads a file that the Python package safetensors 0.8.0 wrote', () => {
    const base64 =
      'yAAAAAAAAAB7Il9fbWV0YWRhdGFfXyI6eyJhIjoiYiJ9LCJ3Ijp7ImR0eXBlIjoiRjMyIiwic2hhcGUiOlsy' +
      'LDNdLCJkYXRhX29mZnNldHMiOlswLDI0XX0sImkiOnsiZHR5cGUiOiJJMzIiLCJzaGFwZSI6WzFdLCJkYXRh' +
      'X29mZnNldHMiOlsyNCwyOF19LCJiIjp7ImR0eXBlIjoiQk9PTCIsInNoYXBlIjpbMl0sImRhdGFfb2Zmc2V0' +
      'cyI6WzI4LDMwXX19ICAgICAgIAAAAAAAAIA/AAAAQAAAQEAAAIBAAACgQAUAAAABAA=='
    expect(decodeSafetensors(Buffer.from(base64, 'base64'))).toEqual({
      tensors: {
        w: array([
          [0, 1, 2],
          [3, 4, 5],
        ]),
        b: array([1, 0], 'bool'),
        i: array([5], 'int32'),
      },
      metadata: { a: 'b' },
    })
  })

  it('refuses to write what could not be read', () => {
    expect(() => encodeSafetensors({ __metadata__: array([1]) })).toThrow(DomainError)
    const torn = { shape: [3], dtype: 'float32', data: new Float32Array(2) } as const
    expect(() => encodeSafetensors({ torn })).toThrow(ShapeError)
  })
})

describe('a damaged safetensors file', () => {
  const entry = '{"dtype":"F32","shape":[1],"data_offsets":[0,4]}'
  const four = [0, 0, 0, 0]

  it.each([
    ['an empty file', new Uint8Array(0), 'the file is 0 bytes long, expected at least 8'],
    ['a cut length', Uint8Array.of(1, 2, 3), 'the file is 3 bytes long'],
    ['a huge header', new Uint8Array(16).fill(255), 'the header length is 18446744073709551615'],
    ['a cut header', file('{}', []).subarray(0, 9), 'expected 8 and a header of 2 (it is cut off)'],
    ['an empty header', file('', []), 'the header is not valid UTF-8 JSON'],
    ['broken JSON', file('{"a":', []), 'the header is not valid UTF-8 JSON'],
    ['a list', file('[]', []), 'the header is JSON of another kind'],
    ['leading space', file(' {}', []), 'a JSON object from the first byte on'],
    ['a name twice', file(`{"a":${entry},"\\u0061":${entry}}`, four), 'the key "a" twice'],
    ['a field twice', file('{"a":{"dtype":"F32","dtype":"F32"}}', []), 'the key "dtype" twice'],
    ['a tensor that is a number', file('{"a":1}', []), 'the entry of tensor "a" is 1'],
    [
      'a further field',
      file(`{"a":${entry.replace('{', '{"x":1,')}}`, four),
      'the entry of tensor',
    ],
    [
      'a negative extent',
      file(`{"a":${entry.replace('[1]', '[-1]')}}`, four),
      'the entry of tensor',
    ],
    [
      'a broken extent',
      file(`{"a":${entry.replace('[1]', '[0.5]')}}`, four),
      'the entry of tensor',
    ],
    [
      'an unknown dtype',
      file(`{"a":${entry.replace('F32', 'F64')}}`, four),
      'is F64, expected one of',
    ],
    [
      'a wrong size',
      file(`{"a":${entry.replace('[1]', '[2]')}}`, four),
      '8 bytes for F32 of shape [2]',
    ],
    [
      'extents beyond exact integers',
      file(`{"a":${entry.replace('[1]', '[9007199254740991,9007199254740991]')}}`, four),
      'the data of tensor "a" is from 0 to 4',
    ],
    ['swapped offsets', file(`{"a":${entry.replace('[0,4]', '[4,0]')}}`, four), 'from 4 to 0'],
    ['an overlap', file(`{"a":${entry},"b":${entry}}`, four), 'it overlaps another tensor'],
    ['a gap', file(`{"a":${entry.replace('[0,4]', '[4,8]')}}`, [...four, ...four]), 'a gap before'],
    ['cut data', file(`{"a":${entry}}`, [0, 0]), 'the file is cut off'],
    ['a rest', file(`{"a":${entry}}`, [...four, 0]), 'something follows the last tensor'],
    ['metadata of numbers', file('{"__metadata__":{"a":1}}', []), '__metadata__["a"] is 1'],
    ['metadata that is a list', file('{"__metadata__":[]}', []), '__metadata__ is []'],
    ['metadata that is null', file('{"__metadata__":null}', []), '__metadata__ is null'],
    [
      'bool values',
      file('{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}', [2]),
      'a value of tensor "a" is 2, expected 0 or 1',
    ],
    ['bad UTF-8', file(Uint8Array.of(0x7b, 0xff, 0x7d), []), 'not valid UTF-8'],
  ])('is refused, with the file and what was expected: %s', (_, bytes, message) => {
    const decode = (): unknown => decodeSafetensors(bytes, { file: 'm.safetensors' })
    expect(decode).toThrow(ModelFileError)
    expect(decode).toThrow('m.safetensors: decodeSafetensors: ')
    expect(decode).toThrow(message)
  })

  it('cut off anywhere is refused', () => {
    const bytes = encodeSafetensors(tensors, { note: 'x' })
    for (let length = 0; length < bytes.length; length++)
      expect(() => decodeSafetensors(bytes.subarray(0, length))).toThrow(ModelFileError)
  })

  it('with a changed byte in its header is refused, or still holds whole, consistent arrays', () => {
    const bytes = encodeSafetensors(tensors, { note: 'x' })
    const headerEnd = 8 + new DataView(bytes.buffer).getUint32(0, true)
    const position = fc.nat({ max: headerEnd - 1 })
    fc.assert(
      fc.property(position, fc.integer({ min: 1, max: 255 }), (at, change) => {
        const damaged = bytes.slice()
        damaged[at] = (damaged[at] ?? 0) ^ change
        expect(isRefusedOrWhole(damaged)).toBe(true)
      }),
      { numRuns: 3000 },
    )
  })

  it('of random bytes is refused, or holds whole, consistent arrays', () => {
    fc.assert(
      fc.property(fc.json(), fc.uint8Array({ maxLength: 8 }), (header, data) => {
        expect(isRefusedOrWhole(file(header, [...data]))).toBe(true)
      }),
    )
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), isRefusedOrWhole))
  })
})

/** A damaged file may give a typed refusal, or content that survives another round trip. */
function isRefusedOrWhole(bytes: Uint8Array): boolean {
  let decoded
  try {
    decoded = decodeSafetensors(bytes)
  } catch (error) {
    return error instanceof ModelFileError
  }
  const again = decodeSafetensors(encodeSafetensors(decoded.tensors, decoded.metadata))
  return isDeepStrictEqual(again, decoded)
}

function file(header: string | Uint8Array, data: readonly number[]): Uint8Array {
  const text = typeof header === 'string' ? new TextEncoder().encode(header) : header
  const bytes = new Uint8Array(8 + text.length + data.length)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true)
  bytes.set(text, 8)
  bytes.set(data, 8 + text.length)
  return bytes
}

const extents = fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 3 })
const arrays: fc.Arbitrary<NDArray> = extents.chain((shape) => {
  const size = shape.reduce((product, extent) => product * extent, 1)
  const length = { minLength: size, maxLength: size }
  return fc.oneof(
    fc.float32Array(length).map((data) => ndarray(data, shape)),
    fc.int32Array(length).map((data) => ndarray(data, shape)),
    fc.uint8Array({ ...length, max: 1 }).map((data) => ndarray(data, shape)),
  )
})

function dictionaries<T>(values: fc.Arbitrary<T>): fc.Arbitrary<Record<string, T>> {
  const names = fc
    .string({ unit: 'binary', maxLength: 6 })
    .filter((name) => name !== '__metadata__')
  return fc.dictionary(names, values, { maxKeys: 4, noNullPrototype: true })
}
