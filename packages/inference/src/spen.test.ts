import { mlp } from '@deepstruct/networks'
import { array, eagerEngine, jit, random, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { box } from './box.ts'
import { exhaustive } from './exhaustive.ts'
import { measurementEnergy } from './label-energy/measurement-energy.ts'
import { pairwiseEnergy } from './label-energy/pairwise-energy.ts'
import { projectedGradient } from './projected-gradient.ts'
import { localEnergy, spen } from './spen.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

describe('energies', () => {
  it('makes likely labels cheap', async () => {
    const energy = await jit(localEnergy)(array([[2, -1, 0.5]]), array([[1, 1, 0]]))
    expect(energy.data[0]).toBeCloseTo(-1, 6)
  })

  it('measures the labels together', async () => {
    const { energy } = measurementEnergy({ labels: 2, measurements: 1, activation: 'linear' })
    const params = { measure: array([[1], [2]]), weigh: array([[3]]) }
    const { data } = await jit(energy)(
      params,
      array([
        [1, 0],
        [0.5, 1],
      ]),
    )
    expect([...data]).toEqual([3, 7.5])
  })

  it('prices pairs by the symmetric part', async () => {
    const { energy } = pairwiseEnergy({ labels: 2 })
    const params = {
      pairs: array([
        [0, 4],
        [0, 0],
      ]),
      single: array([[1], [-1]]),
    }
    const { data } = await jit(energy)(
      params,
      array([
        [1, 1],
        [1, 0],
        [0.5, 0.5],
      ]),
    )
    expect([...data]).toEqual([4, 1, 1])
  })

  it('adds up, and is local without a label energy', async () => {
    const network = mlp({ inputs: 3, hidden: [4], outputs: 2 })
    const x = random(1).normals([5, 3])
    const y = random(2).uniforms([5, 2])
    const whole = spen({ network, labelEnergy: pairwiseEnergy({ labels: 2 }) })
    const params = whole.init(random(3))
    const parts = await jit((p: never, inputs: Tensor, labels: Tensor) => {
      const logits = whole.encode(p, inputs)
      return {
        sum: whole.energy(p, logits, labels),
        local: spen({ network }).energy(p, logits, labels),
        label: pairwiseEnergy({ labels: 2 }).energy((p as typeof params).label as never, labels),
      }
    })(params as never, x, y)
    for (let i = 0; i < 5; i++)
      expect(parts.sum.data[i]).toBeCloseTo(
        (parts.local.data[i] ?? 0) + (parts.label.data[i] ?? 0),
        5,
      )
  })
})

describe('inference', () => {
  it('finds the best corner of a convex-free pairwise energy about as often as enumeration', async () => {
    const labels = 4
    const { energy, init } = pairwiseEnergy({ labels })
    const draw = random(5)
    const params = { ...init(draw), single: draw.normals([labels, 1], 0, 2) }
    const run = jit((p: typeof params) => {
      const domain = box([labels])
      const problem = {
        energy: (y: Tensor) => energy(p as never, y),
        domain,
        start: domain.start(1),
      }
      return {
        best: exhaustive()(problem).energy,
        found: projectedGradient({ steps: 60, stepSize: 0.5 })(problem).energy,
      }
    })
    const { best, found } = await run(params)
    // Small couplings leave one basin: gradient descent ends in the optimum.
    expect(found.data[0]).toBeCloseTo(best.data[0] ?? NaN, 3)
  })
})
