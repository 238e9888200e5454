import { DomainError, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { bestExpectedF1, bestThresholdF1, expectedF1, expectedF1Table } from './expected-f1.ts'

const source = random(11)
const joint = (labels: number): Float64Array => {
  // Cubes make some states much likelier than others.
  const weights = Float64Array.from({ length: 2 ** labels }, () => source.uniform() ** 3)
  const total = weights.reduce((a, b) => a + b, 0)
  return weights.map((weight) => weight / total)
}
/** The joint over all labels of independent blocks, the first block in the lowest bits. */
const product = (blocks: readonly Float64Array[]): Float64Array =>
  blocks.reduce(
    (low, high) =>
      Float64Array.from(
        { length: low.length * high.length },
        (_, state) =>
          (low[state % low.length] as number) * (high[Math.floor(state / low.length)] as number),
      ),
    Float64Array.of(1),
  )
const labelsOf = (state: number): number[] =>
  Array.from({ length: 12 }, (_, label) => label).filter((label) => (state >> label) & 1)
const f1 = (a: number, b: number): number => {
  const total = labelsOf(a).length + labelsOf(b).length
  return total === 0 ? 1 : (2 * labelsOf(a & b).length) / total
}
const enumerated = (all: Float64Array, prediction: number): number =>
  all.reduce((sum, p, state) => sum + p * f1(state, prediction), 0)
const cases = [[joint(4)], [joint(1)], [joint(2), joint(3)], [joint(1), joint(2), joint(2)]]

describe('expectedF1', () => {
  it('is the sum over all label sets, for every prediction', () => {
    for (const blocks of cases) {
      const all = product(blocks)
      const table = expectedF1Table(blocks)
      for (let prediction = 0; prediction < all.length; prediction++)
        expect(expectedF1(table, labelsOf(prediction))).toBeCloseTo(enumerated(all, prediction), 12)
    }
  })

  it('knows marginals and the empty set', () => {
    const table = expectedF1Table([Float64Array.of(0.1, 0.2, 0.3, 0.4)])
    expect(table.empty).toBeCloseTo(0.1)
    expect(Array.from(table.marginals)).toEqual([expect.closeTo(0.6), expect.closeTo(0.7)])
  })

  it('refuses a joint that is not over label sets', () => {
    expect(() => expectedF1Table([Float64Array.of(0.5, 0.3, 0.2)])).toThrow(DomainError)
  })
})

describe('bestExpectedF1', () => {
  it('is the best of all predictions', () => {
    for (const blocks of cases) {
      const all = product(blocks)
      const { value, labels } = bestExpectedF1(expectedF1Table(blocks))
      const best = Math.max(...all.map((_, prediction) => enumerated(all, prediction)))
      expect(value).toBeCloseTo(best, 12)
      expect(
        enumerated(
          all,
          labels.reduce((state, label) => state + 2 ** label, 0),
        ),
      ).toBeCloseTo(best, 12)
    }
  })
})

describe('bestThresholdF1', () => {
  it('is the best of all thresholds', () => {
    const examples = Array.from({ length: 5 }, () => joint(3))
    const tables = examples.map((all) => expectedF1Table([all]))
    const at = (threshold: number): number =>
      tables.reduce((sum, table, i) => {
        const on = [...table.marginals.keys()].filter(
          (label) => (table.marginals[label] as number) >= threshold,
        )
        return (
          sum +
          enumerated(
            examples[i] as Float64Array,
            on.reduce((state, label) => state + 2 ** label, 0),
          )
        )
      }, 0) / examples.length
    const candidates = [Infinity, ...tables.flatMap(({ marginals }) => [...marginals])]
    const best = bestThresholdF1(tables)
    expect(best.value).toBeCloseTo(Math.max(...candidates.map(at)), 12)
    expect(at(best.threshold)).toBeCloseTo(best.value, 12)
  })

  it('turns on labels of equal marginals together', () => {
    // Taking one of the two labels alone would be better, but no threshold can.
    const blocks = [Float64Array.of(0, 0.5, 0.5, 0)]
    const table = expectedF1Table(blocks)
    expect(bestThresholdF1([table]).value).toBeCloseTo(2 / 3)
  })
})
