import { array, DomainError, random } from '@deepstruct/tensor'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { multilabelDataset } from './multilabel.ts'
import { split } from './split.ts'

const numbered = (size: number) =>
  multilabelDataset({
    features: array(Array.from({ length: size }, (_, i) => [i])),
    labels: array(Array.from({ length: size }, (_, i) => [i % 2])),
  })
const rowsOf = (dataset: ReturnType<typeof numbered>): number[] =>
  Array.from(dataset.batch(Array.from({ length: dataset.size }, (_, i) => i)).x.data)

describe('split', () => {
  it('puts every example into exactly one part, in the sizes asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }),
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.integer(),
        (size, fraction, seed) => {
          const [rest, part] = split(numbered(size), fraction, random(seed))
          expect([...rowsOf(rest), ...rowsOf(part)].toSorted((a, b) => a - b)).toEqual(
            rowsOf(numbered(size)),
          )
          expect(Math.abs(part.size - fraction * size)).toBeLessThanOrEqual(1)
          expect(Math.min(part.size, rest.size)).toBeGreaterThan(0)
        },
      ),
    )
  })

  it('repeats with the seed and differs without it', () => {
    const draw = (seed: number): number[] => rowsOf(split(numbered(50), 0.2, random(seed))[1])
    expect(draw(3)).toEqual(draw(3))
    expect(draw(3)).not.toEqual(draw(4))
  })

  it('refuses fractions outside (0, 1) and single examples', () => {
    for (const fraction of [0, 1, -1, NaN])
      expect(() => split(numbered(5), fraction, random(0))).toThrow(DomainError)
    expect(() => split(numbered(1), 0.5, random(0))).toThrow(DomainError)
  })
})
