import { array, joinRows, ndarray, type NDArray, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import type { Arguments } from '../arguments.ts'
import { partsOf, rowsCopied, rowsOf, sharesOf } from './shares.ts'

/** Whether ranges go from 0 to the end without a gap. */
function covers(ranges: readonly (readonly [number, number])[], end: number): boolean {
  return (
    ranges[0]![0] === 0 &&
    ranges.at(-1)![1] === end &&
    ranges.every(([begin], i) => i === 0 || begin === ranges[i - 1]![1])
  )
}

const range = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

describe('partsOf', () => {
  it.each([1, 2, 3, 7])('cuts into %i parts, each element in one', (parts) => {
    for (const step of [1, 4, 16])
      for (const elements of [...range(70), 1000]) {
        const ranges = partsOf(elements, parts, step)
        expect(ranges).toHaveLength(parts)
        expect(covers(ranges, elements)).toBe(true)
        expect(
          ranges.every(
            ([begin, end]) => begin <= end && (begin % step === 0 || begin === elements),
          ),
        ).toBe(true)
      }
  })
})

describe('sharesOf', () => {
  it.each([1, 2, 3, 5])('gives each of %i workers two rows at least', (workers) => {
    for (const rows of range(40).slice(2)) {
      const shares = sharesOf(rows, workers)
      const sizes = shares.map(([begin, end]) => end - begin)
      expect(covers(shares, rows)).toBe(true)
      expect(Math.min(...sizes)).toBeGreaterThanOrEqual(2)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
      expect(shares).toHaveLength(Math.min(workers, Math.floor(rows / 2)))
    }
  })
})

describe('rows', () => {
  const arrays: readonly NDArray[] = [
    random(1).normals([11, 3]),
    ndarray(
      Int32Array.from({ length: 22 }, (_, i) => i),
      [11, 2, 1],
    ),
    { shape: [11], dtype: 'bool', data: Uint8Array.from({ length: 11 }, (_, i) => i % 2) },
    random(1).normals([11, 0]),
  ]

  it.each([1, 2, 3])('of %i shares joined are the whole', (workers) => {
    for (const each of arrays) {
      const [first, ...others] = sharesOf(11, workers).map((share) => rowsCopied(each, share))
      expect(joinRows([first!, ...others])).toEqual(each)
    }
  })

  it('are copied', () => {
    const x = array([[1], [2], [3]])
    const copied = rowsCopied(x, [1, 3])
    x.data[1] = 9
    expect([...copied.data]).toEqual([2, 3])
    expect(copied.data.byteLength).toBe(copied.data.buffer.byteLength)
  })
})

describe('rowsOf', () => {
  const call = (arrays: readonly NDArray[], held: readonly number[] = []): Arguments => ({
    arrays,
    positions: [...arrays.keys()],
    held: arrays.map((_, i) => held.includes(i)),
    structure: '',
    rebuild: () => [],
  })
  const w = array([1, 2])
  const x = array([[1], [2], [3]])
  const scalar = ndarray(Float32Array.of(1), [])

  it('finds the leaves with rows, and leaves their extent open', () => {
    const rows = rowsOf(call([w, x, scalar, array([4, 5, 6])]), [1, 2, 3])!
    expect(rows.count).toBe(3)
    expect([...rows.leaves]).toEqual([1, 3])
    expect(rows.pattern).toEqual({
      shapes: [[2], ['batch', 1], [], ['batch']],
      place: { input: 1, axis: 0 },
    })
  })

  it('asks the smallest leaf that has elements for their number', () => {
    const placeOf = (...arrays: NDArray[]): unknown =>
      rowsOf(call(arrays), [...arrays.keys()])!.pattern.place
    const wide = random(1).normals([3, 9])
    const empty = ndarray(new Float32Array(0), [3, 0])
    expect(placeOf(wide, x)).toEqual({ input: 1, axis: 0 })
    expect(placeOf(x, wide)).toEqual({ input: 0, axis: 0 })
    expect(placeOf(wide, empty)).toEqual({ input: 0, axis: 0 })
    expect(placeOf(wide, empty, x)).toEqual({ input: 2, axis: 0 })
  })

  it.each<[string, Arguments, readonly number[]]>([
    ['no argument is split', call([w, x]), []],
    ['what is split has no axes', call([w, scalar]), [1]],
    ['rows differ', call([x, w]), [0, 1]],
    ['there is one row', call([w, array([[1, 2]])]), [1]],
    ['there are none', call([w, ndarray(new Float32Array(0), [0, 2])]), [1]],
    ['the engine holds what has rows', call([w, x], [1]), [1]],
  ])('finds nothing where %s', (_, each, split) => {
    expect(rowsOf(each, split)).toBeUndefined()
  })
})
