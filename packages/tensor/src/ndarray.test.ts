import { describe, expect, it } from 'vitest'
import {
  array,
  DTypeError,
  filled,
  isNDArray,
  type NDArray,
  ndarray,
  type NestedNumbers,
  ShapeError,
  sizeOf,
} from './index.ts'

/** The way back from {@link array}. */
function nested({ shape, data }: NDArray): NestedNumbers {
  const [extent, ...rest] = shape
  if (extent === undefined) return data[0]!
  const size = sizeOf(rest)
  return Array.from({ length: extent }, (_, i) =>
    nested({ shape: rest, dtype: 'float32', data: data.slice(i * size, (i + 1) * size) }),
  )
}

describe('array', () => {
  it.each<[NestedNumbers, number[]]>([
    [3, []],
    [[1, 2, 3], [3]],
    [
      [
        [1, 2],
        [3, 4],
        [5, 6],
      ],
      [3, 2],
    ],
    [
      [
        [[1], [2]],
        [[3], [4]],
      ],
      [2, 2, 1],
    ],
    [
      [[], []],
      [2, 0],
    ],
  ])('reads %j', (values, shape) => {
    expect(array(values).shape).toEqual(shape)
    expect(nested(array(values))).toEqual(values)
  })

  it.each<[string, NestedNumbers]>([
    ['a short row', [[1, 2], [3]]],
    ['a number in place of a row', [[1], 2]],
    ['a row in place of a number', [1, [2]]],
    ['a ragged depth', [[[1], [2]], [[3]]]],
  ])('refuses %s', (_, values) => {
    expect(() => array(values)).toThrow(ShapeError)
  })

  it('stores what the type says', () => {
    expect(array([1, 0], 'bool').data).toEqual(new Uint8Array([1, 0]))
    expect(array([1, -7], 'int32').data).toEqual(new Int32Array([1, -7]))
  })
})

describe('ndarray', () => {
  it('does not copy', () => {
    const data = new Float32Array(6)
    expect(ndarray(data, [2, 3]).data).toBe(data)
  })

  it('takes the type of its storage', () => {
    expect(ndarray(new Uint8Array(2)).dtype).toBe('bool')
    expect(ndarray(new Int32Array(2)).dtype).toBe('int32')
    expect(ndarray([1, 2])).toEqual({
      shape: [2],
      dtype: 'float32',
      data: new Float32Array([1, 2]),
    })
  })

  it('refuses another number of elements or another storage', () => {
    expect(() => ndarray([1, 2, 3], [2, 2])).toThrow(/3 elements, expected 4 for shape \[2, 2\]/)
    expect(() => ndarray(new Int32Array(2), [2], 'float32')).toThrow(DTypeError)
  })
})

it('fills', () => {
  expect(filled([2, 2], 3, 'int32')).toEqual(
    array(
      [
        [3, 3],
        [3, 3],
      ],
      'int32',
    ),
  )
  expect(filled([], 0)).toEqual(array(0))
})

it('knows arrays from other values', () => {
  expect(isNDArray(array([1]))).toBe(true)
  for (const value of [null, 1, [1], {}, { shape: [1], dtype: 'float32', data: [1] }])
    expect(isNDArray(value)).toBe(false)
})
