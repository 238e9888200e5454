import { array, DomainError, drawNoise, filled, jit, random, ShapeError } from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { dropout, dropoutNoise } from './dropout.ts'

it('multiplies by the mask, and is the identity without', async () => {
  const x = array([[1, 2, 3]])
  expect([...(await jit(dropout)(x, array([[0, 2, 2]]))).data]).toEqual([0, 4, 6])
  expect([...(await jit(dropout)(x)).data]).toEqual([1, 2, 3])
})

it('does not broadcast a mask', async () => {
  const run = jit(dropout)
  await expect(run(filled([2, 3], 1), filled([1, 3], 1))).rejects.toThrow(ShapeError)
  await expect(run(filled([2, 3], 1), filled([3], 1))).rejects.toThrow(/mask is of shape \[3\]/)
})

it('keeps the expectation', () => {
  const { data } = drawNoise(dropoutNoise([400, 100], 0.3)!, random(1))
  expect(new Set(data)).toEqual(new Set([0, Math.fround(1 / 0.7)]))
  const mean = [...data].reduce((sum, m) => sum + m, 0) / data.length
  // Six standard errors: a mask has variance r / (1 - r).
  expect(Math.abs(mean - 1)).toBeLessThan(6 * Math.sqrt(0.3 / 0.7 / data.length))
})

it('draws on the support only', () => {
  const support = array([[0, 1, 0, -2, 0.5]])
  const source = random(1)
  let kept = 0
  for (let i = 0; i < 300; i++) {
    const { data } = drawNoise(dropoutNoise([1, 5], 0.5, support)!, source)
    expect([data[0], data[2], data[4] === 0 || data[4] === 2]).toEqual([0, 0, true])
    kept += [data[1], data[3], data[4]].filter((m) => m === 2).length
  }
  // 900 draws of probability 1/2 have standard deviation 15.
  expect(Math.abs(kept - 450)).toBeLessThan(90)
})

it('wants nothing at rate 0', () => {
  expect(dropoutNoise([2, 2], 0)).toBeUndefined()
})

it.each([-0.1, 1, 1.5, Number.NaN])('refuses the rate %d', (rate) => {
  expect(() => dropoutNoise([2, 2], rate)).toThrow(DomainError)
})
