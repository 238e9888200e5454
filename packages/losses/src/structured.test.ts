import {
  array,
  constant,
  eagerEngine,
  jit,
  type NDArray,
  random,
  type Tensor,
  useEngine,
  valueAndGrad,
} from '@deepstruct/tensor'
import { binaryStructures, enumerate, oneHotStructures } from '@deepstruct/testing'
import { beforeAll, describe, expect, it } from 'vitest'
import { crammerSinger } from './multiclass-hinge.ts'
import {
  contrastive,
  softmaxMargin,
  structuredHinge,
  type StructuredHingeOptions,
  structuredPerceptron,
} from './structured.ts'

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

async function hinge(
  energyTrue: readonly number[],
  energyPredicted: readonly number[],
  taskLoss: readonly number[],
  options: StructuredHingeOptions = {},
): Promise<readonly number[]> {
  const rows = jit((t: Tensor, p: Tensor, cost: Tensor) =>
    structuredHinge(
      { energyTrue: t, energyPredicted: p, taskLoss: cost },
      { ...options, reduction: 'none' },
    ),
  )
  return [...(await rows(array(energyTrue), array(energyPredicted), array(taskLoss))).data]
}

async function softmax(
  energyTrue: readonly number[],
  energies: NDArray,
  costs: NDArray,
): Promise<readonly number[]> {
  const rows = jit((t: Tensor, all: Tensor, cost: Tensor) =>
    softmaxMargin(t, all, cost, { reduction: 'none' }),
  )
  return [...(await rows(array(energyTrue), energies, costs)).data]
}

function expectClose(got: readonly number[], expected: readonly number[], digits = 5): void {
  expect(got).toHaveLength(expected.length)
  for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, digits)
}

describe('by hand', () => {
  const [energyTrue, energyPredicted] = [
    [-3, 1, -5],
    [-2, 0.5, -1],
  ]
  const costs = [2, 3, 1]

  it('structuredHinge', async () => {
    expect(await hinge(energyTrue, energyPredicted, costs)).toEqual([1, 3.5, 0])
    expect(await hinge(energyTrue, energyPredicted, costs, { rescaling: 'margin' })).toEqual([
      1, 3.5, 0,
    ])
    expect(await hinge(energyTrue, energyPredicted, costs, { rescaling: 'slack' })).toEqual([
      0,
      3 * 1.5,
      0,
    ])
  })

  it.each([
    { loss: structuredPerceptron, expected: [0, 0.5, 0] },
    { loss: contrastive, expected: [0, 1.5, 0] },
  ])('$loss.name', async ({ loss, expected }) => {
    const rows = jit((t: Tensor, p: Tensor) =>
      loss({ energyTrue: t, energyPredicted: p }, { reduction: 'none' }),
    )
    expect([...(await rows(array(energyTrue), array(energyPredicted))).data]).toEqual(expected)
  })

  it('softmaxMargin', async () => {
    const [value] = await softmax([-1], array([[-1, 0.5]]), array([[0, 2]]))
    expect(value).toBeCloseTo(-1 + Math.log(Math.exp(1) + Math.exp(2 - 0.5)), 5)
  })
})

describe('over all structures', () => {
  const labels = 4
  const structures = binaryStructures(labels)
  const draw = random(11)
  // Eight energies, each a table of all structures, with a true structure each.
  const tables = Array.from({ length: 8 }, () => structures.map(() => 2 * draw.normal()))
  const truths = tables.map(() => draw.integer(structures.length))
  const costs = truths.map((truth) =>
    structures.map((y) => y.filter((bit, j) => bit !== structures[truth]![j]).length),
  )
  const energyTrue = tables.map((energies, row) => energies[truths[row]!]!)
  const violations = tables.map((energies, row) =>
    energies.map((energy, k) => costs[row]![k]! - energy + energyTrue[row]!),
  )
  const worst = violations.map((row) => row.indexOf(Math.max(...row)))
  const largest = violations.map((row) => Math.max(...row))
  const at = (rows: readonly (readonly number[])[], chosen: readonly number[]): number[] =>
    rows.map((row, i) => row[chosen[i]!]!)

  it('the hinge at the cost-augmented output is the largest violation', async () => {
    expectClose(await hinge(energyTrue, at(tables, worst), at(costs, worst)), largest)
    for (const k of structures.keys()) {
      const same = tables.map(() => k)
      const other = await hinge(energyTrue, at(tables, same), at(costs, same))
      expect(other.every((value, row) => value <= largest[row]! + 1e-5)).toBe(true)
    }
  })

  it('both hinges bound the task loss of the predicted output', async () => {
    const predicted = tables.map((energies) => {
      const { minimizer } = enumerate(structures, (y) => energies[structures.indexOf(y)]!)
      return structures.findIndex((y) => y.every((bit, j) => bit === minimizer[j]))
    })
    const cost = at(costs, predicted)
    for (const rescaling of ['margin', 'slack'] as const) {
      const bound = await hinge(energyTrue, at(tables, predicted), cost, { rescaling })
      expect(bound.every((value, row) => value >= cost[row]! - 1e-5)).toBe(true)
    }
  })

  it('both hinges are one at unit cost', async () => {
    const unit = tables.map(() => 1)
    const args = [energyTrue, at(tables, worst), unit] as const
    expectClose(
      await hinge(...args, { rescaling: 'slack' }),
      await hinge(...args, { rescaling: 'margin' }),
    )
  })

  it('the softmax margin is above the hinge by at most the logarithm of their number', async () => {
    const soft = await softmax(energyTrue, array(tables), array(costs))
    const slack = Math.log(structures.length)
    expect(soft.every((value, row) => value >= largest[row]!)).toBe(true)
    expect(soft.every((value, row) => value <= largest[row]! + slack)).toBe(true)
  })

  it('the softmax margin tends to the hinge as energies and costs grow', async () => {
    const scale = 1000
    const grown = (rows: readonly (readonly number[])[]): NDArray =>
      array(rows.map((row) => row.map((value) => scale * value)))
    const soft = await softmax(
      energyTrue.map((energy) => scale * energy),
      grown(tables),
      grown(costs),
    )
    expectClose(
      soft.map((value) => value / scale),
      largest,
      2,
    )
  })

  it('the softmax margin does not depend on where energies are zero', async () => {
    // Multiples of 1/8 are exact beside so large an offset.
    const rounded = tables.map((row) => row.map((energy) => Math.round(8 * energy) / 8))
    const shifted = rounded.map((row) => row.map((energy) => energy + 2 ** 20))
    expect(await softmax(at(shifted, truths), array(shifted), array(costs))).toEqual(
      await softmax(at(rounded, truths), array(rounded), array(costs)),
    )
  })

  it('the softmax margin takes structures that are impossible', async () => {
    const { value, grad } = await jit((all: Tensor, cost: Tensor) =>
      valueAndGrad((energies: Tensor) => softmaxMargin(constant(array([-1])), energies, cost))(all),
    )(array([[-1, Number.POSITIVE_INFINITY, 0.5]]), array([[0, 1, 2]]))
    expect(value.data[0]).toBeCloseTo(-1 + Math.log(Math.exp(1) + Math.exp(2 - 0.5)), 5)
    expect(grad.data[1]).toBeCloseTo(0, 9)
  })

  it('the hinge of unary energies with 0/1 cost is crammerSinger', async () => {
    const classes = 4
    const scores = draw.normals([8, classes])
    const targets = Array.from({ length: 8 }, () => draw.integer(classes))
    const oneHot = oneHotStructures(1, classes)
    const rows = targets.map((target, row) => {
      const energy = (y: readonly number[]): number => -scores.data[row * classes + y.indexOf(1)]!
      const cost = (y: readonly number[]): number => (y[target] === 1 ? 0 : 1)
      const { minimizer } = enumerate(oneHot, (y) => energy(y) - cost(y))
      return {
        energyTrue: energy(oneHot.find((y) => y[target] === 1)!),
        energyPredicted: energy(minimizer),
        taskLoss: cost(minimizer),
      }
    })
    const ofClasses = jit((s: Tensor, y: Tensor) => crammerSinger(s, y, { reduction: 'none' }))
    const expected = await ofClasses(scores, array(targets, 'int32'))
    expectClose(
      await hinge(
        rows.map((row) => row.energyTrue),
        rows.map((row) => row.energyPredicted),
        rows.map((row) => row.taskLoss),
      ),
      [...expected.data],
    )
  })
})
