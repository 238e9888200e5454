import { array, eagerEngine, jit, ndarray, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { independentSolution } from './independent-solution.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const solve = jit((logits: Tensor) => ({ ...independentSolution(logits) }))

/** $-ys - H(y)$ of one label, in double precision. */
function energyOf(y: number, s: number): number {
  const negativeEntropy = (p: number): number => (p === 0 ? 0 : p * Math.log(p))
  return -y * s + negativeEntropy(y) + negativeEntropy(1 - y)
}

describe('independentSolution', () => {
  const logits = [
    [-3, 0.4, 2],
    [0, -0.7, 12],
  ]

  it('is the minimum of its energy over the box', async () => {
    const { y, energy } = await solve(array(logits))
    const grid = Array.from({ length: 1001 }, (_, i) => i / 1000)
    for (const [row, scores] of logits.entries()) {
      // The energy is a sum over the labels, so each can be searched by itself.
      const least = scores.map((s) => Math.min(...grid.map((point) => energyOf(point, s))))
      const found = scores.map((s, label) => energyOf(y.data[row * 3 + label] ?? NaN, s))
      for (const [label, value] of found.entries())
        expect(value).toBeLessThanOrEqual((least[label] ?? NaN) + 1e-6)
      const total = found.reduce((sum, value) => sum + value)
      expect(energy.data[row]).toBeCloseTo(total, 4)
      const softplus = scores.map((s) => Math.log1p(Math.exp(s)))
      expect(energy.data[row]).toBeCloseTo(-softplus.reduce((sum, value) => sum + value), 4)
    }
  })

  it('takes no step, and every row has converged', async () => {
    const { steps, status } = await solve(array(logits))
    expect(steps).toEqual(ndarray(new Int32Array(2), [2]))
    expect(status).toEqual(ndarray(new Int32Array(2), [2]))
  })

  it('sums over all axes of a structure', async () => {
    const { y, energy } = await solve(ndarray(new Float32Array(8), [2, 2, 2]))
    expect([...y.data]).toEqual(Array.from({ length: 8 }, () => 0.5))
    for (const value of energy.data) expect(value).toBeCloseTo(-4 * Math.LN2, 5)
  })

  it('has a finite energy at large logits', async () => {
    const { energy } = await solve(array([[1000, -1000]]))
    expect(energy.data[0]).toBeCloseTo(-1000, 2)
  })
})
