import { binaryStructures, checkGradient } from '@deepstruct/testing'
import {
  array,
  constant,
  DomainError,
  eagerEngine,
  jit,
  ShapeError,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accuracyValue,
  checkOracle,
  f1Value,
  hammingValue,
  iouValue,
  type OracleName,
  oracleNamed,
} from './oracle-values.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const labels = 3
const structures = binaryStructures(labels)
const both = (t: readonly number[], y: readonly number[]): number =>
  t.filter((on, j) => on === 1 && y[j] === 1).length
const size = (y: readonly number[]): number => y.filter((on) => on === 1).length
const right = (t: readonly number[], y: readonly number[]): number =>
  t.filter((on, j) => on === y[j]).length

const counted: Readonly<
  Record<OracleName, (t: readonly number[], y: readonly number[]) => number>
> = {
  f1: (t, y) => (size(t) + size(y) === 0 ? 1 : (2 * both(t, y)) / (size(t) + size(y))),
  iou: (t, y) => {
    const union = size(t) + size(y) - both(t, y)
    return union === 0 ? 1 : both(t, y) / union
  },
  hamming: (t, y) => right(t, y) / labels,
  accuracy: (t, y) => (right(t, y) === labels ? 1 : 0),
}

describe.each(Object.keys(counted) as OracleName[])('%s', (name) => {
  const oracle = oracleNamed(name)

  it('counts on every pair of label sets', async () => {
    const pairs = structures.flatMap((t) => structures.map((y) => [t, y] as const))
    const { data } = await jit(oracle)(array(pairs.map(([t]) => t)), array(pairs.map(([, y]) => y)))
    for (const [i, [t, y]] of pairs.entries()) expect(data[i]).toBeCloseTo(counted[name](t, y), 5)
  })

  it('has the gradient that differences show', async () => {
    const truth = array([
      [1, 0, 1],
      [0, 1, 0],
    ])
    const y = array([
      [0.3, 0.6, 0.8],
      [0.25, 0.45, 0.15],
    ])
    await checkGradient((at) => oracle(constant(truth), at), [y])
  })

  it('refuses outputs of another shape', async () => {
    await expect(jit(oracle)(array([[1, 0, 1]]), array([[1, 0]]))).rejects.toThrow(ShapeError)
  })
})

describe('on relaxed outputs', () => {
  const truth = array([[1, 0, 1]])
  const y = array([[0.5, 0.25, 1]])

  it.each([
    ['f1', f1Value, (2 * 1.5) / (2 + 1.75)],
    ['iou', iouValue, 1.5 / 2.25],
    ['hamming', hammingValue, (0.5 + 0.75 + 1) / 3],
    ['accuracy', accuracyValue, 0.5 * 0.75 * 1],
  ] as const)('%s is known', async (_, oracle, expected) => {
    expect((await jit(oracle)(truth, y)).data[0]).toBeCloseTo(expected, 6)
  })

  it('accuracy is the chance that a draw is right', async () => {
    const p = [0.2, 0.7, 0.9]
    const expectation = structures.reduce((total, drawn) => {
      const chance = drawn.reduce((product, on, j) => product * (on ? p[j]! : 1 - p[j]!), 1)
      return total + chance * counted.accuracy([0, 1, 1], drawn)
    }, 0)
    const { data } = await jit(accuracyValue)(array([[0, 1, 1]]), array([p]))
    expect(data[0]).toBeCloseTo(expectation, 6)
  })
})

describe('checkOracle', () => {
  const checked = jit((values: Tensor) => {
    checkOracle('mine', values)
    return values
  })

  it.each([-0.01, 1.01, Number.NaN])('refuses %d', async (value) => {
    const run = checked(array([0.5, value]))
    await expect(run).rejects.toThrow(DomainError)
    await expect(run).rejects.toThrow('mine')
  })

  it('takes both ends', async () => {
    expect([...(await checked(array([0, 1]))).data]).toEqual([0, 1])
  })
})
