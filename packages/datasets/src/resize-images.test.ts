import { DomainError, filled, ndarray, type NDArray, random, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { resizeImages } from './resize-images.ts'

const mean = ({ data }: NDArray): number =>
  [...data].reduce((total, value) => total + value, 0) / data.length

const row = (values: number[]): NDArray => ndarray(values, [1, 1, values.length, 1], 'float32')

describe('resizeImages', () => {
  const sizes = [
    { height: 3, width: 4 },
    { height: 9, width: 11 },
    { height: 1, width: 1 },
    { height: 5, width: 30 },
    { height: 13, width: 2 },
  ]

  it.each(sizes)('keeps a constant, as %j', (size) => {
    const resized = resizeImages(filled([2, 7, 8, 3], 0.3), size)
    expect(resized.shape).toEqual([2, size.height, size.width, 3])
    for (const value of resized.data) expect(value).toBeCloseTo(0.3, 6)
  })

  it.each([
    { height: 3, width: 5 },
    { height: 1, width: 8 },
    { height: 7, width: 1 },
  ])('keeps the mean when it shrinks to %j', (size) => {
    const images = random(1).uniforms([1, 7, 8, 2])
    expect(mean(resizeImages(images, size))).toBeCloseTo(mean(images), 6)
  })

  it('of the same size is the same', () => {
    const images = random(1).uniforms([2, 7, 8, 3])
    expect(resizeImages(images, { height: 7, width: 8 })).toEqual(images)
  })

  it('is computed by hand', () => {
    const at = (values: number[], width: number): number[] => [
      ...resizeImages(row(values), { height: 1, width }).data,
    ]
    expect(at([0, 1, 0.5, 0.5], 2)).toEqual([0.5, 0.5])
    // Each covers one pixel and a half.
    const [left, right] = at([0, 0.5, 1], 2)
    expect(left).toBeCloseTo(1 / 6, 6)
    expect(right).toBeCloseTo(5 / 6, 6)
    expect(at([0, 1], 4)).toEqual([0, 0.25, 0.75, 1])
  })

  it('mirrors with the image', () => {
    const values = [...random(3).uniforms([7]).data]
    for (const width of [3, 16]) {
      const there = [...resizeImages(row(values), { height: 1, width }).data]
      const back = [...resizeImages(row(values.toReversed()), { height: 1, width }).data]
      for (const [i, value] of back.toReversed().entries()) expect(value).toBeCloseTo(there[i]!, 6)
    }
  })

  it('keeps rows, columns and channels apart', () => {
    const images = random(4).uniforms([2, 6, 6, 2])
    const resized = resizeImages(images, { height: 3, width: 6 })
    const at = (of: NDArray, i: number, y: number, x: number, c: number): number =>
      of.data[((i * of.shape[1]! + y) * 6 + x) * 2 + c]!
    for (let y = 0; y < 3; y++)
      expect(at(resized, 1, y, 4, 1)).toBeCloseTo(
        (at(images, 1, 2 * y, 4, 1) + at(images, 1, 2 * y + 1, 4, 1)) / 2,
        6,
      )
  })

  it('refuses what is no size and what are no images', () => {
    expect(() => resizeImages(filled([1, 2, 2, 1], 0), { height: 0, width: 2 })).toThrow(
      DomainError,
    )
    expect(() => resizeImages(filled([1, 2, 2, 1], 0), { height: 2, width: 1.5 })).toThrow(/width/)
    expect(() => resizeImages(filled([2, 2, 1], 0), { height: 2, width: 2 })).toThrow(ShapeError)
  })
})
