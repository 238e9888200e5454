import { describe, expect, it } from 'vitest'
import {
  array,
  DTypeError,
  joinRows,
  ndarray,
  type NDArray,
  random,
  ShapeError,
  takeRows,
} from './index.ts'

/** Seven rows of arrays of each type and of several ranks. */
const batch = {
  x: random(1).normals([7, 3]),
  parts: [
    ndarray(
      Int32Array.from({ length: 14 }, (_, i) => i),
      [7, 2, 1],
    ),
    { mask: ndarray(Uint8Array.of(1, 0, 1, 1, 0, 0, 1), [7]) },
  ],
  empty: ndarray(new Float32Array(0), [7, 0]),
}

describe('takeRows', () => {
  it('takes them out of every array', () => {
    const taken = takeRows(
      {
        x: array([
          [1, 2],
          [3, 4],
          [5, 6],
        ]),
        rate: 0.5,
        scalar: ndarray([9], []),
      },
      1,
      3,
    )
    expect(taken).toEqual({
      x: array([
        [3, 4],
        [5, 6],
      ]),
      rate: 0.5,
      scalar: ndarray([9], []),
    })
    expect(takeRows(array([1, 2, 3]), 1, 1)).toEqual(ndarray([], [0]))
  })

  it('copies nothing', () => {
    const x = array([[1], [2], [3]])
    const taken = takeRows(x, 1, 3)
    x.data[2] = 9
    expect([...taken.data]).toEqual([2, 9])
  })

  it.each([
    [-1, 2],
    [2, 1],
    [5, 8],
  ])('refuses rows from %i up to %i of seven', (begin, end) => {
    expect(() => takeRows(batch, begin, end)).toThrow(ShapeError)
    expect(() => takeRows({ parts: batch.parts }, begin, end)).toThrow(
      `takeRows: parts[0] is of shape [7, 2, 1], expected an array with the rows from ${begin} up to ${end}`,
    )
  })

  it('refuses what is no array', () => {
    expect(() => takeRows({ x: 'text' }, 0, 1)).toThrow(DTypeError)
    expect(() => takeRows({ x: null }, 0, 1)).toThrow(
      /^takeRows: x is null, expected a plain array/,
    )
  })
})

describe('joinRows', () => {
  it.each([[[0, 7]], [[0, 3, 7]], [[0, 1, 1, 5, 7]], [[0, 1, 2, 3, 4, 5, 6, 7]]])(
    'puts what was taken at %j together again',
    (cuts) => {
      const blocks = cuts.slice(1).map((end, i) => takeRows(batch, cuts[i]!, end))
      expect(joinRows(blocks as [typeof batch, ...(typeof batch)[]])).toEqual(batch)
    },
  )

  it('copies, unless there is one tree', () => {
    const x = array([[1], [2]])
    expect(joinRows([x])).toBe(x)
    const twice = joinRows([x, x])
    x.data[0] = 9
    expect(twice).toEqual(array([[1], [2], [1], [2]]))
  })

  it.each<[string, NDArray, string]>([
    ['another width', array([[1, 2, 3]]), 'y is of shape [1, 3], expected [rows, 2]'],
    ['another rank', array([1, 2]), 'y is of shape [2], expected [rows, 2]'],
    ['another type', array([[1, 2]], 'int32'), 'y is int32, expected float32'],
  ])('refuses an array of %s', (_, y, message) => {
    expect(() => joinRows([{ y: array([[1, 2]]) }, { y }])).toThrow(message)
  })

  it('refuses arrays without rows, and trees of another structure', () => {
    const one = ndarray([1], [])
    expect(() => joinRows([one, one])).toThrow(ShapeError)
    expect(() => joinRows<object>([{ y: array([1]) }, { z: array([1]) }])).toThrow(
      'joinRows: trees is of arrays at z, expected arrays at y, as in the first of them',
    )
    expect(() => joinRows<object>([{ y: array([1]) }, { y: 1 }])).toThrow(DTypeError)
  })
})
