import {
  array,
  eagerEngine,
  jit,
  type NDArray,
  sigmoid,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  binaryCrossEntropy,
  binaryCrossEntropyWithLogits,
  crossEntropyWithLogits,
  klDivergence,
  smallestProbability,
} from './cross-entropy.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

type Loss = (a: Tensor, b: Tensor, options: { reduction: 'none' }) => Tensor

async function rowsOf(loss: Loss, a: NDArray, b: NDArray): Promise<readonly number[]> {
  const { data } = await jit((x: Tensor, y: Tensor) => loss(x, y, { reduction: 'none' }))(a, b)
  return [...data]
}

const { log, exp } = Math
const labels = array([
  [1, 0],
  [0.25, 1],
])

describe('binaryCrossEntropy', () => {
  it('is the negative logarithm of the probability of the labels', async () => {
    const [first, second] = await rowsOf(
      binaryCrossEntropy,
      array([
        [0.8, 0.4],
        [0.5, 0.1],
      ]),
      labels,
    )
    expect(first).toBeCloseTo(-log(0.8) - log(0.6), 5)
    expect(second).toBeCloseTo(-log(0.5) - log(0.1), 5)
  })

  it('stops growing at the smallest probability', async () => {
    const [wrong, right] = await rowsOf(binaryCrossEntropy, array([[0], [1]]), array([[1], [1]]))
    expect(wrong).toBeCloseTo(-log(smallestProbability), 4)
    expect(right).toBeCloseTo(0, 6)
  })
})

describe('binaryCrossEntropyWithLogits', () => {
  it('is known at 0 and at extremes', async () => {
    const rows = await rowsOf(
      binaryCrossEntropyWithLogits,
      array([[0], [1e4], [1e4], [-1e4]]),
      array([[1], [1], [0], [1]]),
    )
    expect(rows[0]).toBeCloseTo(log(2), 6)
    expect(rows.slice(1)).toEqual([0, 1e4, 1e4])
  })

  it('is the loss of the probabilities', async () => {
    const logits = array([
      [1.5, -0.5],
      [-2, 0.25],
    ])
    const ofProbabilities: Loss = (z, y, options) => binaryCrossEntropy(sigmoid(z), y, options)
    const expected = await rowsOf(ofProbabilities, logits, labels)
    const rows = await rowsOf(binaryCrossEntropyWithLogits, logits, labels)
    for (const [i, row] of rows.entries()) expect(row).toBeCloseTo(expected[i]!, 5)
  })
})

describe('crossEntropyWithLogits', () => {
  it('is the negative logarithm of the softmax at the class', async () => {
    const [first, second] = await rowsOf(
      crossEntropyWithLogits,
      array([
        [1, 2, 0],
        [0, 0, 0],
      ]),
      array([1, 2], 'int32'),
    )
    expect(first).toBeCloseTo(log(exp(1) + exp(2) + 1) - 2, 5)
    expect(second).toBeCloseTo(log(3), 5)
  })

  it('takes classes that are impossible', async () => {
    const logits = array([[0, Number.NEGATIVE_INFINITY, 0]])
    const [row] = await rowsOf(crossEntropyWithLogits, logits, array([2], 'int32'))
    expect(row).toBeCloseTo(log(2), 5)
  })
})

describe('klDivergence', () => {
  it('is the expected logarithm of the ratio, 0 where both agree', async () => {
    const [first, second, third] = await rowsOf(
      klDivergence,
      array([
        [0.5, 0.5],
        [0.3, 0.7],
        [0, 1],
      ]),
      array([
        [0.25, 0.75],
        [0.3, 0.7],
        [0, 1],
      ]),
    )
    expect(first).toBeCloseTo(0.5 * log(2) + 0.5 * log(2 / 3), 5)
    expect(second).toBeCloseTo(0, 6)
    expect(third).toBe(0)
  })

  it('takes 0 log 0 for 0', async () => {
    const [row] = await rowsOf(klDivergence, array([[0, 1]]), array([[0.5, 0.5]]))
    expect(row).toBeCloseTo(log(2), 5)
  })
})
