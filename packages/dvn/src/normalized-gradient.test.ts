import { box, projectedGradient } from '@deepstruct/inference'
import {
  add,
  array,
  DomainError,
  eagerEngine,
  jit,
  mul,
  type NDArray,
  reshape,
  square,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { normalizedGradient, type NormalizedGradientOptions } from './normalized-gradient.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const start = array([
  [0.5, 0.5],
  [0.5, 0.5],
])
/** Linear energies, that of the second row a thousand times as steep. */
const slopes = array([
  [3, -4],
  [3000, 4000],
])

const solved = async (
  options: NormalizedGradientOptions,
  by: NDArray = slopes,
  scale = 1,
): Promise<number[]> => {
  const run = jit((y: Tensor, w: Tensor) => {
    const energy = (at: Tensor): Tensor => mul(scale, sum(mul(at, w), 1))
    return { y: normalizedGradient(options)({ energy, domain: box([2]), start: y }).y }
  })
  return [...(await run(start, by)).y.data]
}

describe('normalizedGradient', () => {
  it('moves each row as far, against its gradient', async () => {
    const found = await solved({ steps: 1, stepSize: 0.1 })
    // The root of the mean square of (3, 4) is 5 / √2.
    const [a, b] = [(0.1 * 3 * Math.SQRT2) / 5, (0.1 * 4 * Math.SQRT2) / 5]
    for (const [i, expected] of [0.5 - a, 0.5 + b, 0.5 - a, 0.5 - b].entries())
      expect(found[i]).toBeCloseTo(expected, 6)
  })

  it('does not depend on the scale of the energy', async () => {
    const [one, other] = [await solved({ steps: 3 }), await solved({ steps: 3 }, slopes, 1e-4)]
    for (const [i, value] of one.entries()) expect(other[i]).toBeCloseTo(value, 6)
  })

  it('shrinks its steps, and ends on the border', async () => {
    const [y] = await solved({ steps: 2, stepSize: 0.1, decay: 1 })
    expect(y).toBeCloseTo(0.5 - (0.15 * 3 * Math.SQRT2) / 5, 6)
    expect(await solved({ steps: 50, stepSize: 0.1 })).toEqual([0, 1, 0, 0])
  })

  it('stays where there is no gradient', async () => {
    expect(
      await solved(
        { steps: 3 },
        array([
          [0, 0],
          [0, 0],
        ]),
      ),
    ).toEqual([...start.data])
  })

  it('goes the way of projected steps', async () => {
    const both = jit((y: Tensor) => {
      const energy = (at: Tensor): Tensor => sum(square(add(at, -0.25)), [1, 2])
      const problem = { energy, domain: box([2, 1]), start: reshape(y, [2, 2, 1]) }
      return {
        plain: projectedGradient({ steps: 60, stepSize: 0.1 })(problem).y,
        normalized: normalizedGradient({ steps: 60, stepSize: 0.05, decay: 0.5 })(problem).y,
      }
    })
    const { plain, normalized } = await both(start)
    expect(normalized.shape).toEqual([2, 2, 1])
    for (const [i, value] of normalized.data.entries())
      expect(Math.abs(value - plain.data[i]!)).toBeLessThan(0.02)
  })

  it.each([{ stepSize: 0 }, { stepSize: Number.NaN }, { decay: -1 }])('refuses %j', (options) => {
    expect(() => normalizedGradient(options)).toThrow(DomainError)
  })
})
