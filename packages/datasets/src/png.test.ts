import {
  array,
  DataError,
  DomainError,
  filled,
  ndarray,
  random,
  ShapeError,
} from '@deepstruct/tensor'
import { encode } from 'fast-png'
import { describe, expect, it } from 'vitest'
import { encodePng, parseMask, parsePng } from './png.ts'

const gray = (data: number[], width: number, depth: 1 | 2 | 8 = 8): Uint8Array =>
  encode({ width, height: 2, channels: 1, depth, data: Uint8Array.from(data) })

describe('encodePng and parsePng', () => {
  it.each([1, 3] as const)('write and read the same, with %i channels', (channels) => {
    const levels = random(1).uniforms([5, 7, channels], 0, 256)
    const image = ndarray(
      levels.data.map((level) => Math.fround(Math.floor(level) / 255)),
      levels.shape,
    )
    expect(parsePng(encodePng(image), { channels })).toEqual(image)
  })

  it('round to the nearest of 256 levels', () => {
    const { data } = parsePng(encodePng(array([[0, 0.1, 0.5, 1]])), { channels: 1 })
    expect([...data].map((value) => Math.round(value * 255))).toEqual([0, 26, 128, 255])
  })
})

describe('parsePng', () => {
  it('makes gray of color by its brightness, and color of gray', () => {
    const color = encodePng(ndarray([1, 0, 0, 0, 1, 0, 0, 0, 1, 1, 1, 1], [2, 2, 3], 'float32'))
    const brightness = parsePng(color, { channels: 1 })
    expect(brightness.shape).toEqual([2, 2, 1])
    for (const [i, value] of [0.299, 0.587, 0.114, 1].entries())
      expect(brightness.data[i]).toBeCloseTo(value, 6)
    const { shape, data } = parsePng(gray([0, 51, 102, 255], 2))
    expect(shape).toEqual([2, 2, 3])
    expect([...data.subarray(3, 6)]).toEqual([51 / 255, 51 / 255, 51 / 255].map(Math.fround))
  })

  it('reads gray of 1 and 2 bits, each row in whole bytes', () => {
    const wide = parsePng(gray([0b10110000, 0b10000000, 0b00000000, 0b10000000], 9, 1), {
      channels: 1,
    })
    expect(wide.shape).toEqual([2, 9, 1])
    expect([...wide.data]).toEqual([1, 0, 1, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1])
    const four = parsePng(gray([0b00011011, 0b11100100], 4, 2), { channels: 1 })
    expect([...four.data]).toEqual([0, 1, 2, 3, 3, 2, 1, 0].map((level) => Math.fround(level / 3)))
  })

  it('reads 16 bits, palettes, and what is transparent as opaque', () => {
    const deep = encode({
      width: 2,
      height: 1,
      channels: 1,
      depth: 16,
      data: Uint16Array.of(0, 65535),
    })
    expect([...parsePng(deep, { channels: 1 }).data]).toEqual([0, 1])
    const alpha = encode({
      width: 1,
      height: 1,
      channels: 4,
      depth: 8,
      data: Uint8Array.of(255, 0, 51, 10),
    })
    expect([...parsePng(alpha).data]).toEqual([1, 0, Math.fround(0.2)])
    const palette = encode({
      width: 2,
      height: 1,
      channels: 1,
      depth: 8,
      palette: [
        [0, 0, 0],
        [255, 0, 255],
      ],
      data: Uint8Array.of(1, 0),
    })
    expect([...parsePng(palette).data]).toEqual([1, 0, 1, 0, 0, 0])
  })

  it('names the file that is no image, damaged or cut off', () => {
    const file = encodePng(random(1).uniforms([8, 8]))
    const damaged = Uint8Array.from(file, (byte, i) => (i === 50 ? byte ^ 1 : byte))
    for (const bytes of [new Uint8Array(0), file.subarray(0, 60), file.subarray(1), damaged]) {
      expect(() => parsePng(bytes, { file: 'x.png' })).toThrow(DataError)
      expect(() => parsePng(bytes, { file: 'x.png' })).toThrow(/x\.png.*unreadable/)
    }
  })

  it('refuses what the library would misread: interlaced bits', () => {
    const bits = { width: 9, height: 2, channels: 1, depth: 1, data: new Uint8Array(4) } as const
    const plain = encode(bits)
    expect(parsePng(plain, { channels: 1 }).shape).toEqual([2, 9, 1])
    expect(() => parsePng(encode(bits, { interlace: 'Adam7' }))).toThrow(DataError)
  })
})

describe('encodePng', () => {
  it('refuses what is no image', () => {
    expect(() => encodePng(filled([2, 2, 2], 0))).toThrow(ShapeError)
    expect(() => encodePng(filled([4], 0))).toThrow(ShapeError)
    expect(() => encodePng(filled([2, 2], 1.01))).toThrow(DomainError)
    expect(() => encodePng(array([[NaN]]))).toThrow(DomainError)
  })
})

describe('parseMask', () => {
  it.each([1, 128, 255])('reads 0 and %i', (white) => {
    const { shape, data } = parseMask(gray([0, white, white, 0], 2))
    expect(shape).toEqual([2, 2])
    expect([...data]).toEqual([0, 1, 1, 0])
  })

  it('reads masks of one value, and of one color', () => {
    expect([...parseMask(gray([0, 0, 0, 0], 2)).data]).toEqual([0, 0, 0, 0])
    expect([...parseMask(gray([9, 9, 9, 9], 2)).data]).toEqual([1, 1, 1, 1])
    const red = encodePng(ndarray([1, 0, 0, 0, 0, 0], [1, 2, 3], 'float32'))
    expect([...parseMask(red).data]).toEqual([1, 0])
  })

  it('names the file and the values of a mask that is none', () => {
    expect(() => parseMask(gray([0, 255, 7, 0], 2), { file: 'mask-3.png' })).toThrow(DataError)
    expect(() => parseMask(gray([0, 255, 7, 0], 2), { file: 'mask-3.png' })).toThrow(
      /mask-3\.png.*0, 255 and 7/,
    )
    const colors = encodePng(ndarray([1, 0, 0, 0, 0, 1], [1, 2, 3], 'float32'))
    expect(() => parseMask(colors)).toThrow(/\(255, 0, 0\) and \(0, 0, 255\)/)
  })
})
