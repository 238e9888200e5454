import { array, eagerEngine, takeRows, type NDArray, useEngine } from '@deepstruct/tensor'
import { sum, type Tensor } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { evaluateClasses, highestClass } from './evaluate-classes.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

/** Its inputs are its scores. */
const asGiven = (_: object, x: Tensor): never => {
  const none = sum(x, 1)
  return { y: x, energy: none, steps: none, status: none } as never
}

describe('evaluateClasses', () => {
  it('is computed by hand', async () => {
    const x = array([
      [0.9, 0.1, 0],
      [0.2, 0.3, 0.1],
      [0.4, 0.5, 0.1],
      [0.1, 0, 0],
    ])
    const y = array([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
      [1, 0, 0],
    ])
    const data = {
      size: 4,
      batch: (rows: ArrayLike<number>) =>
        takeRows<{ x: NDArray; y: NDArray }>({ x, y }, rows[0]!, rows[rows.length - 1]! + 1),
    }
    const measured = await evaluateClasses(asGiven)({ w: array([0]) }, data)
    expect(measured.score).toBe(3 / 4)
    expect(measured['accuracy']).toBe(3 / 4)
    // Class 0: 2·2/(3+2), class 1: 2·1/(1+2), class 2 is nowhere.
    expect(measured['macroF1']).toBeCloseTo((4 / 5 + 2 / 3 + 1) / 3, 6)
  })

  it('takes the first class at a tie', () => {
    expect([
      ...highestClass(
        array([
          [0.5, 0.5],
          [0, 0],
        ]),
      ).data,
    ]).toEqual([1, 0, 1, 0])
  })
})
