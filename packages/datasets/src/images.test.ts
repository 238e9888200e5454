import { DomainError, filled, ndarray, random, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { imageDataset } from './images.ts'
import { split } from './split.ts'

const images = random(1).uniforms([6, 3, 4, 2])
const masks = random(2).bernoullis([6, 3, 4], 0.5)

describe('imageDataset', () => {
  it('gives the chosen images with their masks, in the chosen order', () => {
    const dataset = imageDataset({ images, masks, names: ['a', 'b', 'c', 'd', 'e', 'f'] })
    expect(dataset).toMatchObject({ size: 6, height: 3, width: 4, channels: 2 })
    const { x, y } = dataset.batch([4, 1, 4])
    expect(x.shape).toEqual([3, 3, 4, 2])
    expect(y.shape).toEqual([3, 3, 4])
    const one = [...images.data.subarray(24, 48)]
    const four = [...images.data.subarray(96, 120)]
    expect([...x.data]).toEqual([...four, ...one, ...four])
    expect([...y.data.subarray(12, 24)]).toEqual([...masks.data.subarray(12, 24)])
    const part = dataset.subset([4, 1])
    expect(part.names).toEqual(['e', 'b'])
    expect(part.batch([1])).toEqual(dataset.batch([1]))
  })

  it('is split like any data set', () => {
    const [rest, part] = split(imageDataset({ images, masks }), 0.5, random(1))
    expect([...rest.names, ...part.names].toSorted()).toEqual(['0', '1', '2', '3', '4', '5'])
    expect(part.batch([0])).toEqual(imageDataset({ images, masks }).batch([Number(part.names[0])]))
  })

  it('refuses what does not fit', () => {
    const make = (parts: Partial<Parameters<typeof imageDataset>[0]>) => () =>
      imageDataset({ images, masks, ...parts })
    expect(make({ masks: filled([6, 4, 3], 0) })).toThrow(ShapeError)
    expect(make({ masks: filled([5, 3, 4], 0) })).toThrow(/masks/)
    expect(make({ images: filled([6, 3, 4], 0) })).toThrow(/channels/)
    expect(make({ names: ['a'] })).toThrow(/names/)
    expect(make({ images: filled([6, 3, 4, 1], 1.5) })).toThrow(DomainError)
    expect(make({ images: ndarray([NaN, ...images.data.subarray(1)], images.shape) })).toThrow(
      DomainError,
    )
    expect(make({ masks: filled([6, 3, 4], 0.5) })).toThrow(/0 and 1/)
  })
})
