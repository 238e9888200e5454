import { array, ndarray } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { parseNpy } from './npy.ts'

/** A .npy file of version 1.0, as NumPy's format description lays it out. */
function npy(
  descr: string,
  shape: readonly number[],
  data: ArrayBufferView,
  fortran = false,
): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(', ')
  const dictionary = `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': (${extents}), }`
  const header = `${dictionary.padEnd(64 * Math.ceil((dictionary.length + 11) / 64) - 11)}\n`
  const bytes = new Uint8Array(10 + header.length + data.byteLength)
  bytes.set([
    0x93,
    ...new TextEncoder().encode('NUMPY'),
    1,
    0,
    header.length & 0xff,
    header.length >> 8,
  ])
  bytes.set(new TextEncoder().encode(header), 10)
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), 10 + header.length)
  return bytes
}

describe('parseNpy', () => {
  it.each<[string, ArrayBufferView]>([
    ['<f4', Float32Array.of(1.5, -2, 0, 3, 4, 5)],
    ['<f8', Float64Array.of(1.5, -2, 0, 3, 4, 5)],
    ['<f2', Uint16Array.of(0x3e00, 0xc000, 0, 0x4200, 0x4400, 0x4500)],
  ])('reads %s as float32', (descr, data) => {
    expect(parseNpy(npy(descr, [2, 3], data))).toEqual(
      array([
        [1.5, -2, 0],
        [3, 4, 5],
      ]),
    )
  })

  it.each<[string, ArrayBufferView]>([
    ['|u1', Uint8Array.of(1, 0, 200)],
    ['|i1', Int8Array.of(1, 0, -56)],
    ['<i2', Int16Array.of(1, 0, -3000)],
    ['<u2', Uint16Array.of(1, 0, 60000)],
    ['<i4', Int32Array.of(1, 0, -(2 ** 31))],
    ['<u4', Uint32Array.of(1, 0, 2 ** 31 - 1)],
    ['<i8', BigInt64Array.of(1n, 0n, -7n)],
    ['<u8', BigUint64Array.of(1n, 0n, 7n)],
  ])('reads %s as int32', (descr, data) => {
    const values = Array.from(data as unknown as Iterable<number | bigint>, Number)
    expect(parseNpy(npy(descr, [3], data))).toEqual(ndarray(Int32Array.from(values)))
  })

  it('reads booleans', () => {
    expect(parseNpy(npy('|b1', [2, 1], Uint8Array.of(1, 0)))).toEqual(
      ndarray(Uint8Array.of(1, 0), [2, 1]),
    )
  })

  it('reads scalars and arrays without elements', () => {
    expect(parseNpy(npy('<f4', [], Float32Array.of(7)))).toEqual(ndarray([7], []))
    expect(parseNpy(npy('<f4', [0, 3], new Float32Array(0))).shape).toEqual([0, 3])
  })

  it('turns Fortran order into row-major order', () => {
    // Of the array [[[0, 1], [2, 3], [4, 5]], [[6, 7], [8, 9], [10, 11]]], first axis running fastest.
    const columnMajor = Int32Array.of(0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11)
    const inOrder = Int32Array.from({ length: 12 }, (_, i) => i)
    expect(parseNpy(npy('<i4', [2, 3, 2], columnMajor, true))).toEqual(ndarray(inOrder, [2, 3, 2]))
  })

  it('reads from the middle of a larger buffer', () => {
    const file = npy('<f4', [1], Float32Array.of(3))
    const larger = new Uint8Array(file.length + 5)
    larger.set(file, 5)
    expect(parseNpy(larger.subarray(5))).toEqual(ndarray([3]))
  })

  it.each<[string, Uint8Array, string]>([
    ['an empty file', new Uint8Array(0), 'a.npy: parseNpy: file is unreadable'],
    ['another kind of file', new TextEncoder().encode('@relation arff file'), 'Not an .npy file'],
    [
      'a file cut off between elements',
      npy('<f4', [4], Float32Array.of(1, 2, 3)),
      'file is 3 elements, expected 4 for shape [4]',
    ],
    [
      'a file cut off within an element',
      npy('<f4', [2], Uint8Array.of(0, 0, 0, 0, 0, 0)),
      'file is unreadable',
    ],
    [
      'a file that goes on',
      npy('<f4', [1], Float32Array.of(1, 2)),
      'file is 2 elements, expected 1',
    ],
    ['pickled objects', npy('|O', [1], Uint8Array.of(0)), 'file is'],
    ['complex numbers', npy('<c8', [1], Float32Array.of(1, 2)), 'file is of element type c8'],
    ['text', npy('<U1', [1], Uint32Array.of(65)), 'file is of element type U1'],
    ['big-endian numbers', npy('>f4', [1], Float32Array.of(1)), 'file is unreadable'],
    [
      'integers beyond int32',
      npy('<u4', [1], Uint32Array.of(2 ** 31)),
      'file is with the value 2147483648',
    ],
    [
      'numbers beyond float32',
      npy('<f8', [1], Float64Array.of(1e300)),
      'file is with the value 1e+300',
    ],
  ])('refuses %s', (_what, bytes, message) => {
    expect(() => parseNpy(bytes, { file: 'a.npy' })).toThrow(
      expect.objectContaining({ name: 'DataError', message: expect.stringContaining(message) }),
    )
  })
})
