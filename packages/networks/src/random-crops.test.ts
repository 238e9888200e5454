import { DomainError, filled, type NDArray, ndarray, random, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { randomCrops } from './random-crops.ts'

/** Images whose pixels say where they are, and masks that say the same. */
function numbered(count: number, height: number, width: number): { x: NDArray; y: NDArray } {
  const pixels = count * height * width
  const y = ndarray(
    Float32Array.from({ length: pixels }, (_, i) => i),
    [count, height, width],
  )
  const x = ndarray(
    Float32Array.from({ length: 2 * pixels }, (_, i) => Math.floor(i / 2) + (i % 2) / 4),
    [count, height, width, 2],
  )
  return { x, y }
}

describe('randomCrops', () => {
  const batch = numbered(50, 7, 9)

  it('cuts images and masks alike, each crop a rectangle of its image, every other one mirrored', () => {
    const { x, y } = randomCrops(batch, { height: 4, width: 5 }, random(1))
    expect([x.shape, y.shape]).toEqual([
      [50, 4, 5, 2],
      [50, 4, 5],
    ])
    let mirrored = 0
    const corners = new Set<number>()
    for (let i = 0; i < 50; i++) {
      const at = (row: number, column: number): number => y.data[(i * 4 + row) * 5 + column]!
      const step = at(0, 1) - at(0, 0)
      expect(Math.abs(step)).toBe(1)
      if (step < 0) mirrored++
      const left = Math.min(at(0, 0), at(0, 4))
      expect(Math.floor(left / 63)).toBe(i)
      expect((left % 9) + 5).toBeLessThanOrEqual(9)
      corners.add(left % 63)
      for (let row = 0; row < 4; row++)
        for (let column = 0; column < 5; column++) {
          expect(at(row, column)).toBe(at(0, 0) + 9 * row + step * column)
          const pixel = ((i * 4 + row) * 5 + column) * 2
          expect([x.data[pixel], x.data[pixel + 1]]).toEqual([
            at(row, column),
            at(row, column) + 0.25,
          ])
        }
    }
    // 25 of 50 are expected, with a standard deviation of 3.5; there are 20 places.
    expect(Math.abs(mirrored - 25)).toBeLessThan(18)
    expect(corners.size).toBeGreaterThan(10)
  })

  it('repeats with a seed, and differs with another', () => {
    const crops = (seed: number): unknown =>
      randomCrops(batch, { height: 4, width: 5 }, random(seed))
    expect(crops(3)).toEqual(crops(3))
    expect(crops(4)).not.toEqual(crops(3))
  })

  it('of the whole image, not mirrored, is the image', () => {
    expect(randomCrops(batch, { height: 7, width: 9, mirror: false }, random(1))).toEqual(batch)
  })

  it('of the whole image, mirrored twice, is the image', () => {
    // With one seed each image is mirrored in both passes or in neither.
    const once = randomCrops(batch, { height: 7, width: 9 }, random(1))
    expect(once).not.toEqual(batch)
    expect(randomCrops(once, { height: 7, width: 9 }, random(1))).toEqual(batch)
  })

  it('refuses crops that are no part of the images, and masks of another size', () => {
    expect(() => randomCrops(batch, { height: 8, width: 5 }, random(1))).toThrow(DomainError)
    expect(() => randomCrops(batch, { height: 4, width: 0 }, random(1))).toThrow(/width is 0/)
    const { x } = batch
    const y = filled([50, 7, 8], 0)
    expect(() => randomCrops({ x, y }, { height: 4, width: 5 }, random(1))).toThrow(ShapeError)
    expect(() => randomCrops({ x, y }, { height: 4, width: 5 }, random(1))).toThrow(/batch.y/)
  })
})
