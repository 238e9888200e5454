import { parsePng } from '@deepstruct/datasets'
import { type NDArray, ndarray } from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { picture } from './pictures.ts'
import { evenly } from './picture-sections.ts'
import { ellipses } from './synthetic-images.ts'

/** The pixels of a picture in a page, as brightness. */
function pixelsOf({ html }: { readonly html: string }, channels: 1 | 3): NDArray {
  const [, base64 = ''] = /src="data:image\/png;base64,([^"]+)"/.exec(html) ?? []
  return parsePng(Buffer.from(base64, 'base64'), { channels })
}

it('puts an image, gray or color, into the page as it is', () => {
  const gray = ndarray([0, 0.2, 0.4, 1], [2, 2])
  expect(pixelsOf(picture(gray), 1)).toMatchObject({ shape: [2, 2, 1], data: gray.data })
  const color = ndarray([1, 0, 0, 0, 0.6, 1], [1, 2, 3])
  expect(pixelsOf(picture(color), 3)).toMatchObject({ shape: [1, 2, 3], data: color.data })
})

it('draws what lies outside, or is no number', () => {
  expect([...pixelsOf(picture(ndarray([-1, 2, NaN], [1, 3])), 1).data]).toEqual([0, 1, 0])
})

it('picks evenly, with both ends', () => {
  expect(evenly([0, 1, 2, 3, 4, 5, 6], 3)).toEqual([0, 3, 6])
  expect(evenly([0, 1], 3)).toEqual([0, 1])
})

it('makes images whose objects are brighter, and the same ones for a seed', () => {
  const { images, masks, size } = ellipses(40, 16, 3)
  const meanWhere = (value: number): number => {
    const inside = [...images.data].filter((_, i) => masks.data[i] === value)
    return inside.reduce((sum, pixel) => sum + pixel, 0) / inside.length
  }
  expect(size).toBe(40)
  expect(meanWhere(1) - meanWhere(0)).toBeCloseTo(0.2, 1)
  const share = Array.from(masks.data).filter((value) => value === 1).length / masks.data.length
  expect(share).toBeGreaterThan(0.05)
  expect(share).toBeLessThan(0.4)
  expect(ellipses(40, 16, 3).images).toEqual(images)
  expect(ellipses(40, 16, 4).images).not.toEqual(images)
})
