import { array, eagerEngine, jit, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { binaryHinge } from './binary-hinge.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

const scores = array([
  [0.5, -2, 3],
  [-0.25, 0, -1],
])
const labels = array([
  [1, 1, 1],
  [-1, 1, -1],
])

describe('binaryHinge', () => {
  it('is 1 - t s where that is positive', async () => {
    const rows = jit((s: Tensor, t: Tensor) => binaryHinge(s, t, { reduction: 'none' }))
    expect([...(await rows(scores, labels)).data]).toEqual([0.5 + 3 + 0, 0.75 + 1 + 0])
  })

  it('squares the hinge of each label', async () => {
    const rows = jit((s: Tensor, t: Tensor) =>
      binaryHinge(s, t, { reduction: 'none', squared: true }),
    )
    expect([...(await rows(scores, labels)).data]).toEqual([0.25 + 9, 0.5625 + 1])
  })

  it('takes 0 for -1', async () => {
    const zeros = array([
      [1, 1, 1],
      [0, 1, 0],
    ])
    const loss = jit((s: Tensor, t: Tensor) => binaryHinge(s, t))
    expect(await loss(scores, zeros)).toEqual(await loss(scores, labels))
  })

  it('takes a vector for one label a row', async () => {
    const loss = jit((s: Tensor, t: Tensor) => binaryHinge(s, t))
    expect((await loss(array([0.5, -2]), array([1, 0]))).data[0]).toBe(0.25)
  })
})
