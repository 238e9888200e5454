import {
  array,
  concat,
  eagerEngine,
  fill,
  ndarray,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { classIoU, evaluateClassMasks } from './evaluate-class-masks.ts'

describe('classIoU', () => {
  it('is computed by hand', () => {
    // Truth 0 0 1 2, predicted 0 1 1 1: class 0 has 1 of 2, class 1 has 1 of 3, class 2 has 0 of 1, class 3 does not occur.
    const labels = array([
      [1, 0, 0, 0],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
    ])
    const scores = array([
      [0.4, 0.3, 0.3, 0],
      [0.4, 0.5, 0.1, 0],
      [0.1, 0.9, 0, 0],
      [0, 0.5, 0.5, 0],
    ])
    const { mean, perClass, pixelAccuracy } = classIoU(scores, labels)
    expect(mean).toBeCloseTo((1 / 2 + 1 / 3 + 0) / 3, 12)
    expect(perClass).toEqual([1 / 2, 1 / 3, 0, NaN])
    expect(pixelAccuracy).toBe(1 / 2)
  })

  it('refuses shapes that differ', () => {
    expect(() => classIoU(array([[1, 0]]), array([[1, 0, 0]]))).toThrow(/expected \[1, 3\]/)
  })
})

describe('evaluateClassMasks', () => {
  it('sums classes over the whole data set', async () => {
    useEngine(await eagerEngine({ backend: 'cpu' }))
    // Always class 1; the truth is class 1 in one pixel of four.
    const solve = (_: object, x: Tensor): never => {
      const [rows = 0] = x.shape
      const y = concat([x, fill([rows, 2, 1, 1], 0.9)], 3)
      return { y, energy: fill([rows], 0) } as never
    }
    const y = ndarray([0, 1, 1, 0, 1, 0, 1, 0], [2, 2, 1, 2], 'float32')
    const data = {
      size: 2,
      batch: (rows: ArrayLike<number>) => ({
        x: ndarray(new Float32Array(2 * rows.length), [rows.length, 2, 1, 1]),
        y: ndarray(
          Array.from(rows).flatMap((row) => [...y.data.subarray(4 * row, 4 * row + 4)]),
          [rows.length, 2, 1, 2],
          'float32',
        ),
      }),
    }
    const measured = await evaluateClassMasks(solve, 1)({ w: array([0]) }, data)
    expect(measured).toEqual({ score: 1 / 8, meanIoU: 1 / 8, pixelAccuracy: 1 / 4 })
  })
})
