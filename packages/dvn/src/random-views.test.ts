import { DomainError, filled, ndarray, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { randomViews } from './random-views.ts'

const [height, width] = [6, 5]
const draw = random(1)
/** Images whose channels are their mask, once as it is and once at half the intensity. */
const y = draw.bernoullis([8, 9, 8], 0.5)
const x = ndarray(
  Float32Array.from(y.data, (value) => value).reduce<Float32Array>(
    (all, value, pixel) => (all.set([value, value / 2], 2 * pixel), all),
    new Float32Array(2 * y.data.length),
  ),
  [8, 9, 8, 2],
)

describe('randomViews', () => {
  it('takes masks along with their images', () => {
    const views = randomViews({ x, y }, { height, width, zoom: 0.3 }, draw)
    expect(views.x.shape).toEqual([8, height, width, 2])
    expect(views.y.shape).toEqual([8, height, width])
    for (const [pixel, value] of views.y.data.entries()) {
      const [full, half] = [views.x.data[2 * pixel]!, views.x.data[2 * pixel + 1]!]
      expect(value).toBe(Number(full >= 0.5))
      expect(half).toBeCloseTo(full / 2, 6)
    }
  })

  it('is the whole image, or its mirror image, where a view is as large', () => {
    const options = { height: 9, width: 8 }
    const views = randomViews({ x, y }, options, random(2))
    const seen = new Set<boolean>()
    for (let example = 0; example < 8; example++) {
      const rowsOf = (mirrored: boolean): number[] =>
        Array.from({ length: 72 }, (_, pixel) => {
          const [row, column] = [Math.floor(pixel / 8), pixel % 8]
          return y.data[example * 72 + row * 8 + (mirrored ? 7 - column : column)]!
        })
      const found = [...views.y.data.subarray(example * 72, (example + 1) * 72)]
      const mirrored = found.some((value, pixel) => value !== rowsOf(false)[pixel])
      expect(found).toEqual(rowsOf(mirrored))
      seen.add(mirrored)
    }
    expect(seen.size).toBe(2)
  })

  it('shows more and less of an image', () => {
    // A ramp from left to right: the step between columns is the scale of a view.
    const ramp = filled([40, 12, 20, 1], 0)
    for (const [pixel] of ramp.data.entries()) ramp.data[pixel] = (pixel % 20) / 20
    const masks = filled([40, 12, 20], 0)
    const views = randomViews({ x: ramp, y: masks }, { height: 6, width: 10, zoom: 0.5 }, random(3))
    const scales = Array.from(
      { length: 40 },
      (_, example) =>
        20 * Math.abs(views.x.data[example * 60 + 5]! - views.x.data[example * 60 + 4]!),
    )
    for (const scale of scales) {
      expect(scale).toBeGreaterThan(0.5 - 1e-5)
      expect(scale).toBeLessThan(1.5 + 1e-5)
    }
    expect(Math.min(...scales)).toBeLessThan(0.8)
    expect(Math.max(...scales)).toBeGreaterThan(1.2)
  })

  it('changes the intensity of each channel by itself, inside [0, 1]', () => {
    const gray = { x: filled([6, 8, 8, 2], 0.7), y: filled([6, 8, 8], 1) }
    const { x: tinted } = randomViews(gray, { height, width, tint: 0.25 }, random(4))
    for (let example = 0; example < 6; example++) {
      const from = example * height * width * 2
      const [first, second] = [tinted.data[from]!, tinted.data[from + 1]!]
      expect(first).not.toBe(second)
      for (let pixel = 0; pixel < height * width; pixel++) {
        expect(tinted.data[from + 2 * pixel]).toBeCloseTo(first, 6)
        expect(tinted.data[from + 2 * pixel + 1]).toBeCloseTo(second, 6)
      }
    }
    for (const value of tinted.data) expect(Math.abs(value / 0.7 - 1)).toBeLessThan(0.25 + 1e-6)
    const white = { x: filled([6, 8, 8, 2], 1), y: filled([6, 8, 8], 1) }
    const { x: bright } = randomViews(white, { height, width, tint: 0.25 }, random(4))
    expect(Math.max(...bright.data)).toBe(1)
    expect(Math.min(...bright.data)).toBeLessThan(1)
  })

  it('repeats with its seed', () => {
    const options = { height, width, zoom: 0.2, tint: 0.2 }
    const view = (seed: number): unknown => randomViews({ x, y }, options, random(seed))
    expect(view(5)).toEqual(view(5))
    expect(view(5)).not.toEqual(view(6))
  })

  it.each([{ zoom: 1 }, { zoom: -0.1 }, { tint: 1 }, { tint: NaN }])('refuses %j', (wrong) => {
    expect(() => randomViews({ x, y }, { height, width, ...wrong }, draw)).toThrow(DomainError)
  })
})
