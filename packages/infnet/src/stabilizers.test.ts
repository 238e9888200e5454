import { binaryCrossEntropy } from '@deepstruct/losses'
import {
  array,
  DomainError,
  eagerEngine,
  fill,
  jit,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { checkGradient } from '@deepstruct/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { binaryEntropy } from './binary-entropy.ts'
import type { InferenceNetwork } from './inference-network.ts'
import { rowCrossEntropy } from './row-cross-entropy.ts'
import { stabilizedRows, type Stabilizers, stabilizingPenalty } from './stabilizers.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const outputs = array([
  [0.5, 1, 0],
  [0.25, 0.5, 0.5],
])
const truth = array([
  [1, 1, 0],
  [0, 1, 0],
])

describe('binaryEntropy', () => {
  it('counts what is undecided', async () => {
    const { data } = await jit(binaryEntropy)(outputs)
    const quarter = -0.25 * Math.log(0.25) - 0.75 * Math.log(0.75)
    expect(data[0]).toBeCloseTo(Math.log(2), 4)
    expect(data[1]).toBeCloseTo(quarter + 2 * Math.log(2), 4)
  })

  it('has the gradient that differences show', () =>
    checkGradient(binaryEntropy, [random(1).uniforms([2, 3], 0.2, 0.8)]))
})

describe('rowCrossEntropy', () => {
  it('is the binary cross-entropy of probabilities', async () => {
    const both = await jit((y: Tensor, t: Tensor) => ({
      ours: rowCrossEntropy(y, t),
      loss: binaryCrossEntropy(y, t, { reduction: 'none' }),
    }))(outputs, truth)
    expect(both.ours).toEqual(both.loss)
  })

  it('of no numbers is no number, without an error', async () => {
    const { data } = await jit(rowCrossEntropy)(array([[Number.NaN, 1]]), array([[1, 1]]))
    expect(data[0]).toBeNaN()
  })
})

describe('stabilizedRows', () => {
  it('adds weighted terms to each row, and nothing without weights', async () => {
    const run = jit((rows: Tensor, y: Tensor, t: Tensor) => ({
      bare: stabilizedRows(rows, {}, y, t),
      all: stabilizedRows(rows, { entropy: 2, crossEntropy: 3 }, y, t),
      entropy: binaryEntropy(y),
      crossEntropy: rowCrossEntropy(y, t),
    }))
    const found = await run(array([10, 20]), outputs, truth)
    expect([...found.bare.data]).toEqual([10, 20])
    for (const [row, value] of found.all.data.entries())
      expect(value).toBeCloseTo(
        10 * (row + 1) + 2 * found.entropy.data[row]! + 3 * found.crossEntropy.data[row]!,
        4,
      )
  })
})

type State = {
  readonly now: { readonly w: Tensor; readonly b: Tensor }
  readonly start: State['now']
}

const network: InferenceNetwork<State> = {
  moves: ['now'],
  answer: (_, x) => fill(x.shape, 0.5),
  parameters: ({ now }) => now,
  pretrained: ({ start }) => start,
}
const state = {
  now: { w: array([[1, 2]]), b: array([3]) },
  start: { w: array([[1, 0]]), b: array([2]) },
}
const penaltyOf = async (stabilizers: Stabilizers): Promise<number | undefined> => {
  const penalty = stabilizingPenalty('minimax', [network], stabilizers)
  return penalty && (await jit((at: State) => ({ value: penalty(at) }))(state)).value.data[0]
}

describe('stabilizingPenalty', () => {
  it('is the squared distance to the start, and the squared norm', async () => {
    expect(await penaltyOf({ pull: 10 })).toBe(10 * (4 + 1))
    expect(await penaltyOf({ decay: 0.5 })).toBe(0.5 * (1 + 4 + 9))
    expect(await penaltyOf({ pull: 10, decay: 0.5 })).toBe(57)
    expect(await penaltyOf({ entropy: 1 })).toBeUndefined()
  })

  it('cannot pull to a start that is forgotten', () => {
    const { moves, answer, parameters } = network
    expect(() =>
      stabilizingPenalty('minimax', [{ moves, answer, parameters }], { pull: 1 }),
    ).toThrow(DomainError)
  })
})
