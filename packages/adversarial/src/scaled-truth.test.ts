import {
  array,
  eagerEngine,
  jit,
  random,
  stack,
  sub,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { rowIoU } from './row-iou.ts'
import { scaledTruth } from './scaled-truth.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const scaled = (mass: number) => jit((y: Tensor, made: Tensor) => scaledTruth(y, made, mass))

describe('scaledTruth', () => {
  it('is computed by hand', async () => {
    const { data } = await scaled(0.9)(array([[[1, 1, 0, 0]]]), array([[[0.95, 0.3, 0.3, 0]]]))
    for (const [i, value] of [0.95, 0.9, 0.1, 0].entries()) expect(data[i]).toBeCloseTo(value, 6)
    const y = array([
      [
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
      ],
    ])
    const made = array([
      [
        [
          [0.2, 0.6, 0.2],
          [0, 1, 0],
        ],
      ],
    ])
    const several = await scaled(0.9)(y, made)
    // The mass of 0.1 that is left is shared as 0.6 to 0.2.
    for (const [i, value] of [0.9, 0.075, 0.025, 0, 1, 0].entries())
      expect(several.data[i]).toBeCloseTo(value, 6)
  })

  it('with mass 1 is the truth', async () => {
    const made = random(1).uniforms([2, 3, 3])
    const y = array([
      [
        [0, 1, 0],
        [1, 1, 0],
        [0, 0, 0],
      ],
      [
        [1, 1, 1],
        [0, 0, 0],
        [0, 1, 0],
      ],
    ])
    expect([...(await scaled(1)(y, made)).data]).toEqual([...y.data])
  })

  it('gives the same for one object and for its two classes', async () => {
    const made = random(2).uniforms([1, 2, 2])
    const y = array([
      [
        [0, 1],
        [1, 0],
      ],
    ])
    const both = await jit((truth: Tensor, s: Tensor) => ({
      one: scaledTruth(truth, s, 0.8),
      two: scaledTruth(pair(truth), pair(s), 0.8),
    }))(y, made)
    for (const [i, value] of both.one.data.entries())
      expect(both.two.data[2 * i + 1]).toBeCloseTo(value, 5)
  })

  it.each([0.4, 1.1, Number.NaN])('refuses the mass %d', async (mass) => {
    const y = array([[[1]]])
    await expect(scaled(mass)(y, y)).rejects.toThrow(/from 0\.5 to 1/)
  })
})

describe('rowIoU', () => {
  it('is computed by hand, of an object and of classes', async () => {
    const run = jit((made: Tensor, y: Tensor) => rowIoU(made, y))
    const object = await run(
      array([[[0.9, 0.8, 0.1]], [[0, 0, 0]]]),
      array([[[1, 0, 0]], [[0, 0, 0]]]),
    )
    expect([...object.data]).toEqual([0.5, 1])
    // Classes 0 and 1 occur: 1 of 2, and 0 of 1.
    const classes = await run(
      array([
        [
          [
            [0.9, 0.1, 0],
            [0.6, 0.4, 0],
          ],
        ],
      ]),
      array([
        [
          [
            [1, 0, 0],
            [0, 1, 0],
          ],
        ],
      ]),
    )
    expect(classes.data[0]).toBeCloseTo(0.25, 6)
  })
})

/** The maps of what an object is not, and of what it is. */
function pair(y: Tensor): Tensor {
  return stack([sub(1, y), y], 3)
}
