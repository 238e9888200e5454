import type { EpochRecord, Metrics } from '@deepstruct/training'
import { describe, expect, it } from 'vitest'
import { discriminatorStatus, discriminatorWarnings } from './discriminator-status.ts'

const measured = (accuracy: number, ofTruth: number, ofMade: number): Metrics => ({
  'discriminator.accuracy': accuracy,
  'discriminator.ofTruth': ofTruth,
  'discriminator.ofMade': ofMade,
})
const epochs = (...train: readonly Metrics[]): EpochRecord[] =>
  train.map((of, i) => ({ phase: 'adversary', epoch: i, train: of, best: false, seconds: 1 }))

const [sure, blind, fair] = [
  measured(1, 0.99, 0.01),
  measured(0.5, 0.51, 0.5),
  measured(0.8, 0.7, 0.3),
]

describe('discriminatorStatus', () => {
  it.each([
    ['saturated', sure],
    ['collapsed', blind],
    ['balanced', fair],
    // Right about everything, but not sure: there is a gradient.
    ['balanced', measured(1, 0.6, 0.4)],
    [undefined, { loss: 1 }],
  ])('is %s', (status, train) => {
    expect(discriminatorStatus(train)).toBe(status)
  })
})

describe('discriminatorWarnings', () => {
  it('tells of half or more of the last epochs, and of nothing else', () => {
    expect(discriminatorWarnings(epochs({ loss: 1 }, fair, fair))).toEqual([])
    expect(discriminatorWarnings(epochs(sure, fair, fair))).toEqual([])
    expect(discriminatorWarnings(epochs(fair, sure, sure))).toEqual([
      expect.stringMatching(/saturated in 2 of the last 3 epochs.*0\.990.*0\.010.*smaller rate/),
    ])
    const long = epochs(
      ...Array.from({ length: 20 }, () => sure),
      ...Array.from({ length: 10 }, () => blind),
    )
    expect(discriminatorWarnings(long)).toEqual([
      expect.stringMatching(/collapsed in 10 of the last 10 epochs.*larger rate/),
    ])
  })
})
