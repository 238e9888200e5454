import { eagerEngine, type Host, ndarray, useEngine } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { pixelFamily } from '../../test/pixel-family.ts'
import { calibrationCurve } from './calibration-sections.ts'
import { stepsUpTo, wayOfInference } from './way-of-inference.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

describe('stepsUpTo', () => {
  it.each([1, 2, 3, 8, 9, 20, 30, 100, 1000])('rises from 1 and ends before %d', (last) => {
    const steps = stepsUpTo(last)
    expect(steps.length).toBe(Math.min(last - 1, 7))
    expect(steps[0] ?? 1).toBe(1)
    for (const [i, step] of steps.entries()) {
      expect(step).toBeGreaterThan(steps[i - 1] ?? 0)
      expect(step).toBeLessThan(last)
    }
  })
})

describe('wayOfInference', () => {
  const parameters = {
    pixel: { weights: ndarray([1]), bias: ndarray([0.3]) },
  } as unknown as Host<Parameters>
  const model = {
    family: pixelFamily,
    settings: { pixelRate: 1, inferenceSteps: 5 },
    problem: { sizes: { height: 1, width: 2, channels: 1 } },
    threshold: 0.5,
    parameters,
  }
  const x = ndarray([0.2, 0.9], [1, 1, 2, 1])

  it('ends where inference does, and passes what fewer steps find', async () => {
    const way = await wayOfInference(model, x)
    expect(way.map(({ steps }) => steps)).toEqual([1, 2, 3, 4, 5])
    const end = way.at(-1)!.y.data
    // Each step of this family halves what is left.
    for (const { steps, y } of way)
      for (const [i, value] of y.data.entries())
        expect(value).toBeCloseTo((end[i]! * (1 - 2 ** -steps)) / (1 - 2 ** -5), 5)
  })

  it('is the end alone for a family without steps', async () => {
    const { withSteps: _, ...family } = pixelFamily
    expect(await wayOfInference({ ...model, family }, x)).toHaveLength(1)
  })
})

describe('calibrationCurve', () => {
  it('has the means of each range, without those that are empty', () => {
    const pairs = [
      { predicted: 0.02, actual: 0.1 },
      { predicted: 0.06, actual: 0.3 },
      { predicted: 1, actual: 0.75 },
      { predicted: 0.95, actual: 0.25 },
    ]
    const [low, high, ...others] = calibrationCurve(pairs)
    expect(low?.predicted).toBeCloseTo(0.04)
    expect(low?.actual).toBeCloseTo(0.2)
    expect(high).toEqual({ predicted: 0.975, actual: 0.5 })
    expect(others).toEqual([])
  })
})
