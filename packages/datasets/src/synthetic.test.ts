import { DomainError, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { bestExpectedF1, bestThresholdF1, expectedF1 } from './expected-f1.ts'
import { syntheticMultilabel, type SyntheticOptions } from './synthetic.ts'

const small: SyntheticOptions = { seed: 5, examples: 40, testExamples: 300, blockSize: 8 }
const allRows = (size: number): number[] => Array.from({ length: size }, (_, row) => row)
const inputsOf = ({ test }: ReturnType<typeof syntheticMultilabel>): Float32Array[] => {
  const { x } = test.batch(allRows(test.size))
  const width = x.shape[1] as number
  return allRows(test.size).map(
    (row) => x.data.slice(row * width, (row + 1) * width) as Float32Array,
  )
}

describe('syntheticMultilabel', () => {
  it('repeats with the seed', () => {
    const [a, b, c] = [small, small, { ...small, seed: 6 }].map((options) =>
      syntheticMultilabel(options).train.batch([0, 39]),
    )
    expect(a).toEqual(b)
    expect(a).not.toEqual(c)
  })

  it('has the sizes asked for', () => {
    const { train, test } = syntheticMultilabel({ ...small, blocks: 2, blockSize: 5, features: 30 })
    expect([train.size, test.size]).toEqual([40, 300])
    expect(train.batch([0]).x.shape).toEqual([1, 30])
    expect(train.labelNames).toHaveLength(10)
    expect(new Set(train.labelNames).size).toBe(10)
  })

  it('has joints that sum to 1 in every block', () => {
    const set = syntheticMultilabel({ ...small, blocks: 2 })
    for (const x of inputsOf(set).slice(0, 10)) {
      const joints = set.oracle.probabilities(x)
      expect(joints.map(({ length }) => length)).toEqual([256, 256])
      for (const joint of joints) expect(joint.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    }
  })

  it('draws bundles whole or not at all, and one alternative at most', () => {
    const { train } = syntheticMultilabel({ seed: 1, examples: 500, testExamples: 1 })
    const { data } = train.batch(allRows(500)).y
    let coherent = 0
    for (let row = 0; row < 500; row++) {
      const count = (from: number, to: number): number =>
        Array.from(data.subarray(row * 12 + from, row * 12 + to)).reduce((a, b) => a + b, 0)
      const [bundle, alternatives] = [count(0, 6), count(6, 12)]
      if ((bundle === 0 && alternatives <= 1) || (bundle === 6 && alternatives === 0)) coherent++
    }
    expect(coherent).toBeGreaterThan(490)
  })

  it('draws labels as often as the oracle says', () => {
    const set = syntheticMultilabel({ ...small, testExamples: 4000 })
    const expected = new Float64Array(8)
    for (const x of inputsOf(set))
      for (const [label, p] of set.oracle.expectedF1Table(x).marginals.entries())
        expected[label] = (expected[label] as number) + p / 4000
    const { data } = set.test.batch(allRows(4000)).y
    for (let label = 0; label < 8; label++) {
      const share =
        allRows(4000).reduce((sum, row) => sum + (data[row * 8 + label] as number), 0) / 4000
      // Four standard errors of a share are at most 0.032.
      expect(Math.abs(share - (expected[label] as number))).toBeLessThan(0.032)
    }
  })

  it.each([0, 1, 2])(
    'leaves 5 points of F1 and more between the ceilings, and the mode near the upper one (seed %i)',
    (seed) => {
      const { any, marginalThreshold, mode } = syntheticMultilabel({
        seed,
        examples: 1,
      }).oracle.ceilings()
      expect(any - marginalThreshold).toBeGreaterThan(0.05)
      expect(mode - marginalThreshold).toBeGreaterThan(0.05)
      expect(any).toBeGreaterThanOrEqual(mode)
    },
  )

  it.each([1, 2])(
    'has ceilings that its predictors reach on drawn labels (%i blocks)',
    (blocks) => {
      const set = syntheticMultilabel({ ...small, testExamples: 1000, blocks })
      const inputs = inputsOf(set)
      const tables = inputs.map((x) => set.oracle.expectedF1Table(x))
      const { any, marginalThreshold } = set.oracle.ceilings()
      const { threshold } = bestThresholdF1(tables)
      const source = random(9)
      const [best, byThreshold] = [0, 0].map(() => ({ sum: 0, squares: 0 })) as [Sum, Sum]
      for (const [i, table] of tables.entries()) {
        const truth = drawn(set.oracle.probabilities(inputs[i] as Float32Array), source)
        add(best, f1(bestExpectedF1(table).labels, truth))
        const on = [...table.marginals.keys()].filter(
          (label) => (table.marginals[label] as number) >= threshold,
        )
        add(byThreshold, f1(on, truth))
      }
      expect(Math.abs(best.sum / 1000 - any)).toBeLessThan(4 * standardError(best, 1000))
      expect(Math.abs(byThreshold.sum / 1000 - marginalThreshold)).toBeLessThan(
        4 * standardError(byThreshold, 1000),
      )
    },
  )

  it('has a mode that no other label set beats in probability', () => {
    const set = syntheticMultilabel({ ...small, testExamples: 20 })
    const value = inputsOf(set).reduce((sum, x) => {
      const [joint] = set.oracle.probabilities(x) as [Float64Array]
      const state = joint.indexOf(Math.max(...joint))
      const labels = Array.from({ length: 8 }, (_, label) => label).filter(
        (label) => (state >> label) & 1,
      )
      return sum + expectedF1(set.oracle.expectedF1Table(x), labels)
    }, 0)
    expect(set.oracle.ceilings().mode).toBeCloseTo(value / 20, 12)
  })

  it.each<[keyof SyntheticOptions, number]>([
    ['examples', 0],
    ['testExamples', 1.5],
    ['blocks', 0],
    ['blockSize', 13],
    ['blockSize', 3],
    ['features', 5],
    ['noise', -1],
    ['seed', 0.5],
  ])('refuses %s %d', (option, value) => {
    expect(() => syntheticMultilabel({ ...small, [option]: value })).toThrow(DomainError)
  })
})

interface Sum {
  sum: number
  squares: number
}

function add(total: Sum, value: number): void {
  total.sum += value
  total.squares += value ** 2
}

function standardError({ sum, squares }: Sum, count: number): number {
  return Math.sqrt((squares / count - (sum / count) ** 2) / count)
}

function drawn(blocks: readonly Float64Array[], source: ReturnType<typeof random>): number[] {
  return blocks.flatMap((joint, block) => {
    let rest = source.uniform()
    const state = joint.findIndex((p) => (rest -= p) < 0)
    const size = Math.log2(joint.length)
    return Array.from({ length: size }, (_, label) => label)
      .filter((label) => (state >> label) & 1)
      .map((label) => block * size + label)
  })
}

function f1(prediction: readonly number[], truth: readonly number[]): number {
  const total = prediction.length + truth.length
  return total === 0 ? 1 : (2 * prediction.filter((label) => truth.includes(label)).length) / total
}
