import { maxProduct, type Potentials } from '@deepstruct/inference'
import {
  array,
  DomainError,
  eagerEngine,
  type NDArray,
  ndarray,
  random,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { chowLiuTree, labelGraph, type LabelGraphKind } from '../labels/label-graph.ts'
import {
  f1LabelLoss,
  hammingLabelLoss,
  type LabelLoss,
  weightedHammingLabelLoss,
} from '../labels/label-loss.ts'
import { countedViolators } from './counted-violators.ts'
import { enumeratedViolators } from './enumerated-violators.ts'
import { inferredViolators } from './inferred-violators.ts'
import { integerProgram } from './integer-program.ts'
import { labelSetEnergy, type LossAugmentedInference, type Rescaling } from './loss-augmented.ts'
import { relaxedViolators } from './relaxed-violators.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const [batch, labels] = [6, 5]
const truth: NDArray = random(1).bernoullis([batch, labels], 0.4)

function potentialsOf(kind: LabelGraphKind): Potentials<NDArray> {
  const r = random(2)
  const edges = labelGraph(kind, truth)
  return {
    unary: r.normals([batch, labels, 2]),
    edges,
    pairwise: r.normals([edges.shape[0]!, 2, 2]),
  }
}

/** The violation of each example, by its definition. */
async function violations(
  { loss, rescaling, find }: LossAugmentedInference,
  potentials: Potentials<NDArray>,
): Promise<number[]> {
  const { y } = await find({ potentials, truth })
  return Array.from({ length: batch }, (_, b) => {
    const row = (of: NDArray): number[] => [...of.data.subarray(b * labels, (b + 1) * labels)]
    const cost = loss.of(row(truth), row(y))
    const ahead = labelSetEnergy(potentials, b, row(truth)) - labelSetEnergy(potentials, b, row(y))
    return rescaling === 'margin' ? cost + ahead : cost * (1 + ahead)
  })
}

/** Every label set tried, without any solver. */
function best(loss: LabelLoss, rescaling: Rescaling, potentials: Potentials<NDArray>): number[] {
  return Array.from({ length: batch }, (_, b) => {
    const own = [...truth.data.subarray(b * labels, (b + 1) * labels)]
    return Array.from({ length: 2 ** labels }, (__, code) => {
      const y = own.map((___, i) => (code >> i) & 1)
      const ahead = labelSetEnergy(potentials, b, own) - labelSetEnergy(potentials, b, y)
      return rescaling === 'margin' ? loss.of(own, y) + ahead : loss.of(own, y) * (1 + ahead)
    }).reduce((a, c) => Math.max(a, c))
  })
}

const weighted = weightedHammingLabelLoss([1, 2, 0.5, 0, 3])

describe('loss-augmented inference finds the largest violation', () => {
  it.each<readonly [string, LabelGraphKind, LossAugmentedInference]>([
    ['independent, Hamming', 'unary', inferredViolators(maxProduct)],
    ['tree, Hamming', 'tree', inferredViolators(maxProduct)],
    ['tree, weighted', 'tree', inferredViolators(maxProduct, weighted)],
    ['full, integer program', 'full', inferredViolators(integerProgram(), weighted)],
    ['independent, F1', 'unary', countedViolators(f1LabelLoss())],
    ['independent, F1, slack', 'unary', countedViolators(f1LabelLoss(), 'slack')],
    ['independent, Hamming, slack', 'unary', countedViolators(hammingLabelLoss(), 'slack')],
    ['full, F1', 'full', enumeratedViolators(f1LabelLoss())],
    ['full, F1, slack', 'full', enumeratedViolators(f1LabelLoss(), 'slack')],
    ['tree, weighted, slack', 'tree', enumeratedViolators(weighted, 'slack')],
  ])('%s', async (_, kind, inference) => {
    const potentials = potentialsOf(kind)
    const found = await violations(inference, potentials)
    const expected = best(inference.loss, inference.rescaling, potentials)
    for (let b = 0; b < batch; b++) expect(found[b]).toBeCloseTo(expected[b]!, 4)
  })

  it('approximately, by a gradient: never above the largest, and better than the truth', async () => {
    const potentials = potentialsOf('full')
    const found = await violations(relaxedViolators(), potentials)
    const expected = best(hammingLabelLoss(), 'margin', potentials)
    for (let b = 0; b < batch; b++) expect(found[b]).toBeLessThan(expected[b]! + 1e-4)
    expect(found.some((value) => value > 0.1)).toBe(true)
  })

  it('the excess of a rounded relaxation covers what it misses', async () => {
    // Every two labels want to differ, which no three can.
    const repelled = array([
      [
        [3, 0],
        [0, 3],
      ],
    ])
    const tables = Float32Array.from({ length: 40 }, (_, i) => repelled.data[i % 4]!)
    const potentials = { ...potentialsOf('full'), pairwise: ndarray(tables, [10, 2, 2]) }
    const inference = inferredViolators(integerProgram({ integer: false }))
    const { excess } = await inference.find({ potentials, truth })
    const found = await violations(inference, potentials)
    const expected = best(hammingLabelLoss(), 'margin', potentials)
    for (let b = 0; b < batch; b++)
      expect(found[b]! + excess![b]!).toBeGreaterThan(expected[b]! - 1e-3)
    expect(excess!.some((value) => value > 0)).toBe(true)
  })

  it('refuses what it does not serve', async () => {
    expect(() => inferredViolators(maxProduct, f1LabelLoss())).toThrow(DomainError)
    expect(() => countedViolators(weighted)).toThrow("'weighted hamming'")
    expect(() => weightedHammingLabelLoss([-1])).toThrow(DomainError)
    const potentials = potentialsOf('tree')
    expect(() => countedViolators(f1LabelLoss()).find({ potentials, truth })).toThrow('4 edges')
  })
})

describe('chowLiuTree', () => {
  it('joins labels that depend on each other, and spans all', () => {
    // 0 and 3 agree, 1 and 2 exclude each other.
    const r = random(5)
    const rows = Array.from({ length: 200 }, () => {
      const [a, b] = [r.integer(2), r.integer(2)]
      return [a, b, 1 - b, r.uniform() < 0.9 ? a : 1 - a]
    })
    const { data } = chowLiuTree(array(rows))
    const pairs = [0, 1, 2].map((e) =>
      [data[2 * e]!, data[2 * e + 1]!].toSorted((p, q) => p - q).join(),
    )
    expect(pairs).toContain('0,3')
    expect(pairs).toContain('1,2')
  })

  it('refuses labels outside {0, 1}, and none', () => {
    expect(() => chowLiuTree(array([[2, 0]]))).toThrow(DomainError)
    expect(() => chowLiuTree(ndarray([], [0, 3], 'float32'))).toThrow('without rows')
  })
})
