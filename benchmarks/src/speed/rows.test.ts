import { describe, expect, it } from 'vitest'
import { difference, median, rowOf, slope } from './rows.ts'

describe('rowOf', () => {
  it('keeps the shortest call and the median of all, to four digits', () => {
    const measured = {
      case: 'a',
      engine: 'b',
      batch: 2,
      firstMs: 12.34567,
      maxDifference: 0,
      times: [3, 1.23456, 2, 100],
    }
    expect(rowOf(measured)).toEqual({
      case: 'a',
      engine: 'b',
      batch: 2,
      minMs: 1.235,
      medianMs: 2.5,
      calls: 4,
      firstMs: 12.35,
      maxDifference: 0,
    })
  })
})

describe('median', () => {
  it('is the middle number, or the mean of the middle two', () => {
    expect(median([5, 1, 3])).toBe(3)
    expect(median([4, 1, 3, 10])).toBe(3.5)
    expect(median([])).toBeNaN()
  })
})

describe('difference', () => {
  it('is absolute for small results and relative for large ones', () => {
    expect(difference([0.5, 0.25], [0.5, 0.5])).toBe(0.25)
    expect(difference([110, 3], [100, 3])).toBeCloseTo(0.1, 12)
  })

  it('is infinite where results cannot be compared', () => {
    expect(difference([1], [1, 2])).toBe(Infinity)
    expect(difference([Number.NaN, 1], [1, 1])).toBe(Infinity)
  })
})

describe('slope', () => {
  it('is that of a line, and of least squares around it', () => {
    expect(slope([0, 1, 2, 5].map((x) => [x, 3 * x - 7]))).toBeCloseTo(3, 12)
    // The errors 1, -2, 1 are orthogonal to constants and to x.
    expect(
      slope([
        [0, 1],
        [1, 0],
        [2, 5],
      ]),
    ).toBeCloseTo(2, 12)
  })
})
