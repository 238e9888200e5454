import { array, DomainError, filled, ndarray, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { exampleF1, globalIoU, meanIoU, pixelAccuracy } from './index.ts'

// Two 2x2 images: one of two foreground pixels found and one invented; a single pixel found.
const predicted = array([
  [
    [1, 1],
    [0, 0],
  ],
  [
    [1, 0],
    [0, 0],
  ],
])
const masks = array([
  [
    [0, 1],
    [1, 0],
  ],
  [
    [1, 0],
    [0, 0],
  ],
])

describe('mask metrics', () => {
  it('mean IoU averages 1/3 and 1', () => {
    expect(meanIoU(predicted, masks)).toBeCloseTo((1 / 3 + 1) / 2, 12)
  })

  it('global IoU divides 2 by 4', () => {
    expect(globalIoU(predicted, masks)).toBe(0.5)
  })

  it('six of eight pixels are right', () => {
    expect(pixelAccuracy(predicted, masks)).toBe(0.75)
  })

  it('images without foreground have the empty value', () => {
    const blank = filled([2, 3, 3], 0, 'bool')
    expect(meanIoU(blank, blank)).toBe(1)
    expect(meanIoU(blank, blank, { emptyValue: 0 })).toBe(0)
    expect(globalIoU(blank, blank)).toBe(1)
    expect(globalIoU(blank, blank, { emptyValue: 0 })).toBe(0)
  })

  it('one image has the same mean and global IoU, and F1 = 2 IoU / (1 + IoU)', () => {
    const guess = array([[1, 1, 1, 0, 0]])
    const truth = array([[0, 1, 1, 1, 0]])
    const iou = meanIoU(guess, truth)
    expect(globalIoU(guess, truth)).toBe(iou)
    expect(exampleF1(guess, truth)).toBeCloseTo((2 * iou) / (1 + iou), 12)
  })

  it('the order of the axes after the first does not matter', () => {
    const flat = { ...predicted, shape: [2, 4] }
    expect(meanIoU(flat, { ...masks, shape: [2, 4] })).toBe(meanIoU(predicted, masks))
  })

  it.each(Object.entries({ meanIoU, globalIoU, pixelAccuracy }))(
    '%s refuses bad arrays with typed errors',
    (name, metric) => {
      expect(() => metric(predicted, array([[0, 1, 1, 0]]))).toThrow(ShapeError)
      expect(() => metric(array([1]), array([1]))).toThrow(
        `${name}: masks is of shape [1], expected [examples, …] with two axes or more`,
      )
      const empty = ndarray(new Float32Array(0), [0, 2, 2])
      expect(() => metric(empty, empty)).toThrow(ShapeError)
      expect(() => metric(filled([2, 2, 2], 0.5), masks)).toThrow(DomainError)
      expect(() => metric(predicted, filled([2, 2, 2], 255, 'int32'))).toThrow(
        `${name}: masks[0, 0, 0] is 255, expected 0 or 1`,
      )
    },
  )
})
