import { expect, it } from 'vitest'
import { array, drawNoise, type NoiseSpec, random } from './index.ts'

const shape = [100, 100]
const specs: readonly NoiseSpec[] = [
  { kind: 'uniform', shape, low: -1, high: 1 },
  { kind: 'normal', shape, mean: 0, deviation: 2 },
  { kind: 'dropout', shape, rate: 0.25 },
]

it.each(specs)('draws $kind noise, the same for a seed', (spec) => {
  const noise = drawNoise(spec, random(1))
  expect(noise).toEqual(drawNoise(spec, random(1)))
  expect(noise).not.toEqual(drawNoise(spec, random(2)))
  expect(noise.shape).toEqual(shape)
})

it('keeps the expectation under dropout', () => {
  const { data } = drawNoise({ kind: 'dropout', shape, rate: 0.25 }, random(3))
  expect([...new Set(data)].toSorted((a, b) => a - b)).toEqual([0, Math.fround(1 / 0.75)])
  const mean = Array.from(data).reduce((sum, value) => sum + value, 0) / data.length
  // One element has deviation √(rate / (1 − rate)).
  expect(Math.abs(mean - 1)).toBeLessThan((5 * Math.sqrt(0.25 / 0.75)) / 100)
})

it('draws dropout only for what it multiplies', () => {
  const support = array([
    [0, 3, 0],
    [1, 0, 2],
  ])
  const spec: NoiseSpec = { kind: 'dropout', shape: [2, 3], rate: 0.5, support }
  const source = random(1)
  const { data } = drawNoise(spec, source)
  for (const [i, value] of data.entries())
    expect(support.data[i] === 0 ? [0] : [0, 2]).toContain(value)
  // Three nonzeros, three draws.
  const counted = random(1)
  for (let i = 0; i < 3; i++) counted.uniform()
  expect(source.state()).toEqual(counted.state())
})
