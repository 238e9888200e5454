import { box, projectedGradient } from '@deepstruct/inference'
import {
  array,
  drawNoise,
  eagerEngine,
  flatten,
  jit,
  matMul,
  mul,
  type NDArray,
  neg,
  type NoiseSpec,
  random,
  sigmoid,
  softplus,
  squeeze,
  sub,
  sum,
  type Tensor,
  type Tree,
  useEngine,
  zerosLike,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { f1Value, type OracleValue } from '../oracle-values.ts'
import { adversarialSampler } from './adversarial-sampler.ts'
import { inferenceSampler } from './inference-sampler.ts'
import type { SampleProblem, Sampler } from './sampler.ts'
import { truthSampler } from './truth-sampler.ts'
import { valueAscentSampler } from './value-ascent-sampler.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const labels = 3
const weights = array([[2], [-1], [0.5]])

/** $z = \log(1 + e^{\langle w, y \rangle})$. */
const score = (y: Tensor, w: Tensor): Tensor => softplus(squeeze(matMul(y, w), [1]))

function drawn(specs: Tree<NoiseSpec> | undefined, seed: number): Tree<NDArray> {
  const isSpec = (value: unknown): value is NoiseSpec =>
    typeof value === 'object' && value !== null && 'kind' in value
  const { leaves, rebuild } = flatten(specs ?? {}, isSpec, () => {
    throw new Error('no noise')
  })
  const draw = random(seed)
  return rebuild(leaves.map((spec) => drawNoise(spec, draw)))
}

/** What a sampler makes for these true outputs. */
async function samplesOf(
  sampler: Sampler,
  truth: NDArray,
  options: { readonly seed?: number; readonly oracle?: OracleValue; readonly noise?: object } = {},
): Promise<number[]> {
  const { seed = 1, oracle = f1Value } = options
  const noise = options.noise ?? drawn(sampler.noise?.(truth.shape), seed)
  const run = jit((t: Tensor, w: Tensor, n: unknown) => {
    const problem: SampleProblem = {
      energy: (y) => neg(sigmoid(score(y, w))),
      score: (y) => score(y, w),
      domain: box([labels]),
      start: zerosLike(t),
      truth: t,
      oracle: (y) => oracle(t, y),
    }
    return { y: sampler.sample(problem, n) }
  })
  return [...(await run(truth, weights, noise)).y.data]
}

const sigma = (z: number): number => 1 / (1 + Math.exp(-z))
const clip = (y: number): number => Math.min(1, Math.max(0, y))
const w = [2, -1, 0.5]
/** z and its gradient at a point. */
const at = (y: readonly number[]): { z: number; slope: number[] } => {
  const inner = y.reduce((total, value, j) => total + value * w[j]!, 0)
  return { z: Math.log(1 + Math.exp(inner)), slope: w.map((weight) => weight * sigma(inner)) }
}

const truth = array([
  [1, 0, 1],
  [0, 1, 0],
  [1, 1, 0],
])
const many: NDArray = { ...truth, shape: [300, 3], data: new Float32Array(900).fill(1) }

describe('truthSampler', () => {
  it('gives the truth', async () => {
    expect(await samplesOf(truthSampler(), truth)).toEqual([...truth.data])
  })

  it('replaces up to a share of the positions, and repeats with its seed', async () => {
    const sampler = truthSampler({ corruption: 0.5 })
    const found = await samplesOf(sampler, many)
    const replaced = found.filter((y) => y !== 1).length / found.length
    // A quarter is expected.
    expect(replaced).toBeGreaterThan(0.18)
    expect(replaced).toBeLessThan(0.32)
    expect(found.every((y) => y >= 0 && y <= 1)).toBe(true)
    expect(await samplesOf(sampler, many)).toEqual(found)
    expect(await samplesOf(sampler, many, { seed: 2 })).not.toEqual(found)
  })
})

describe('inferenceSampler', () => {
  const inference = projectedGradient({ steps: 6, stepSize: 0.4 })

  it('starts where inference does, at the truth, anywhere, or at one of the first two', async () => {
    // A step that hardly moves shows the start.
    const still = projectedGradient({ steps: 1, stepSize: 1e-12 })
    const from = (start: 'initial' | 'truth' | 'random' | 'mixed'): Promise<number[]> =>
      samplesOf(inferenceSampler({ inference: still, start }), many)
    const rows = (found: readonly number[]): number[][] =>
      Array.from({ length: 300 }, (_, i) => found.slice(3 * i, 3 * i + 3))
    expect((await from('initial')).every((y) => y < 1e-6)).toBe(true)
    expect((await from('truth')).every((y) => y > 1 - 1e-6)).toBe(true)
    const scattered = await from('random')
    expect(scattered.reduce((total, y) => total + y, 0) / 900).toBeCloseTo(0.5, 1)
    expect(new Set(scattered).size).toBeGreaterThan(800)
    const mixed = rows(await from('mixed'))
    expect(mixed.every((row) => row.every((y) => Math.abs(y - row[0]!) < 1e-6))).toBe(true)
    const heads = mixed.filter(([y]) => y! > 0.5).length
    expect(heads).toBeGreaterThan(110)
    expect(heads).toBeLessThan(190)
  })

  it('stops after a share of the steps', async () => {
    const anywhere = inferenceSampler({ inference, stopAnywhere: true })
    const stop = array([0, 0.5, 0.999])
    const found = await samplesOf(anywhere, truth, { noise: { stop } })
    const after = async (steps: number): Promise<number[]> =>
      samplesOf(inferenceSampler({ inference: projectedGradient({ steps, stepSize: 0.4 }) }), truth)
    const expected = [[0, 0, 0], (await after(3)).slice(3, 6), (await after(6)).slice(6, 9)].flat()
    for (const [i, y] of expected.entries()) expect(found[i]).toBeCloseTo(y, 6)
  })
})

describe('valueAscentSampler', () => {
  it('takes a step up the value', async () => {
    const inference = projectedGradient({ steps: 1, stepSize: 0.5 })
    const found = await samplesOf(valueAscentSampler({ inference, start: 'truth' }), truth)
    for (let row = 0; row < 3; row++) {
      const y = [...truth.data.subarray(3 * row, 3 * row + 3)]
      const { z, slope } = at(y)
      for (const [j, g] of slope.entries())
        expect(found[3 * row + j]).toBeCloseTo(clip(y[j]! + 0.5 * sigma(z) * (1 - sigma(z)) * g), 5)
    }
  })
})

describe('adversarialSampler', () => {
  const inference = projectedGradient({ steps: 1, stepSize: 0.3 })
  const half: OracleValue = (_, y) => mul(0.5, sum(y, 1))

  it('with a fixed oracle steps along (v - v*) times the slope', async () => {
    const sampler = adversarialSampler({ inference, start: 'truth', fixedOracle: true })
    const oracle: OracleValue = (t, y) => sub(1, mul(1 / 3, half(t, y)))
    const found = await samplesOf(sampler, truth, { oracle })
    for (let row = 0; row < 3; row++) {
      const y = [...truth.data.subarray(3 * row, 3 * row + 3)]
      const { z, slope } = at(y)
      const worth = 1 - y.reduce((total, value) => total + value, 0) / 6
      for (const [j, g] of slope.entries())
        expect(found[3 * row + j]).toBeCloseTo(clip(y[j]! + 0.3 * (sigma(z) - worth) * g), 5)
    }
  })

  it('in full follows the oracle too', async () => {
    const sampler = adversarialSampler({ inference, start: 'random' })
    const oracle: OracleValue = (_, y) => mul(1 / 3, sum(y, 1))
    const start = array([[0.4, 0.5, 0.6]])
    const found = await samplesOf(sampler, array([[1, 0, 1]]), { oracle, noise: { start } })
    const y = [...start.data]
    const { z, slope } = at(y)
    // The derivative of the cross-entropy at the oracle is -z.
    for (const [j, g] of slope.entries())
      expect(found[j]).toBeCloseTo(clip(y[j]! + 0.3 * ((sigma(z) - 0.5) * g - z / 3)), 5)
  })

  it('raises the loss', async () => {
    const start = random(3).uniforms([20, 3], 0.2, 0.8)
    const targets = { ...many, shape: [20, 3], data: random(4).bernoullis([20, 3], 0.5).data }
    const search = projectedGradient({ steps: 4, stepSize: 0.02 })
    const found = await samplesOf(
      adversarialSampler({ inference: search, start: 'random' }),
      targets,
      { noise: { start } },
    )
    const loss = (y: readonly number[], t: readonly number[]): number => {
      const total = y.reduce((sums, value, j) => sums + value + t[j]!, 0)
      const worth = (2 * y.reduce((sums, value, j) => sums + Math.min(value, t[j]!), 0)) / total
      const v = sigma(at(y).z)
      return -worth * Math.log(v) - (1 - worth) * Math.log(1 - v)
    }
    for (let row = 0; row < 20; row++) {
      const part = (list: ArrayLike<number>): number[] =>
        Array.from(list).slice(3 * row, 3 * row + 3)
      expect(loss(part(found), part(targets.data))).toBeGreaterThanOrEqual(
        loss(part(start.data), part(targets.data)) - 1e-6,
      )
    }
  })
})
