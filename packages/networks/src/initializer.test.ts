import { DomainError, type NDArray, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import {
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  normalInitializer,
  torchUniform,
  zeroInitializer,
} from './initializer.ts'

const shape = [300, 200]
const fan = { in: 300, out: 200 }

function moments(drawn: NDArray): { mean: number; variance: number; largest: number } {
  const data = [...drawn.data]
  const mean = data.reduce((sum, v) => sum + v, 0) / data.length
  const variance = data.reduce((sum, v) => sum + (v - mean) ** 2, 0) / data.length
  return { mean, variance, largest: data.reduce((most, v) => Math.max(most, Math.abs(v)), 0) }
}

const cases: readonly (readonly [string, Initializer, number])[] = [
  ['glorotUniform', glorotUniform, 2 / 500],
  ['heUniform', heUniform, 2 / 300],
  ['heNormal', heNormal, 2 / 300],
  ['torchUniform', torchUniform, 1 / 900],
  ['normalInitializer', normalInitializer(0.3), 0.09],
]

describe.each(cases)('%s', (_, initializer, variance) => {
  it('has its mean and variance', () => {
    const drawn = initializer(random(1), shape, fan)
    expect(drawn.shape).toEqual(shape)
    const got = moments(drawn)
    // Six standard errors of the mean of 60,000 draws; 3 % is five of the variance of a normal.
    expect(Math.abs(got.mean)).toBeLessThan(6 * Math.sqrt(variance / 60_000))
    expect(Math.abs(got.variance / variance - 1)).toBeLessThan(0.03)
  })

  it('repeats with the seed', () => {
    expect(initializer(random(3), [4, 5], fan)).toEqual(initializer(random(3), [4, 5], fan))
  })
})

it.each(cases.filter(([name]) => name.endsWith('Uniform')))(
  '%s reaches its bound and stays within',
  (_, initializer, variance) => {
    const { largest } = moments(initializer(random(2), shape, fan))
    const bound = Math.sqrt(3 * variance)
    expect(largest).toBeLessThanOrEqual(Math.fround(bound))
    expect(largest).toBeGreaterThan(0.99 * bound)
  },
)

it('zeroInitializer gives zeros', () => {
  expect([...zeroInitializer(random(1), [3], fan).data]).toEqual([0, 0, 0])
})

it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])('refuses the deviation %d', (deviation) => {
  expect(() => normalInitializer(deviation)).toThrow(DomainError)
})
