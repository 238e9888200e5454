import {
  add,
  array,
  eagerEngine,
  type Engine,
  greater,
  isFinite,
  jit,
  lessEqual,
  logicalAnd,
  mul,
  type NDArray,
  ndarray,
  sqrt,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  bestSoFar,
  box,
  frankWolfe,
  logitGradient,
  type Minimizer,
  mirrorDescent,
  projectedGradient,
  unrolled,
} from './index.ts'

// The kernels of this backend hand not-a-number on, as those of the compiled engine do.
let engine: Engine
beforeAll(async () => {
  engine = await eagerEngine({ backend: 'cpu' })
})

type RowEnergy = (y: Tensor, wild: Tensor) => Tensor

/** A quadratic that falls towards (1, 1), and something wild in the rows where a flag, `[batch, 1]`, is 1. */
const mixed =
  (wildness: (y: Tensor, wild: Tensor) => Tensor): RowEnergy =>
  (y, wild) =>
    // The other rows stand at a point where it is tame.
    add(sum(square(sub(y, 1)), 1), sum(wildness(where(greater(wild, 0), y, 0.25), wild), 1))

const energies = {
  /** No number beyond 0.7, though its gradient is one. */
  outside: mixed((y) => where(greater(y, 0.7), Number.NaN, 0)),
  /** No number beyond 0.7, and no gradient. */
  root: mixed((y) => mul(1e-3, sqrt(sub(0.7, y)))),
  /** A number everywhere, but its gradient beyond 0.7 is none: it passes over what it should see. */
  blind: mixed((y) => {
    const seen = logicalAnd(isFinite(y), lessEqual(y, 0.7))
    return mul(1e-3, where(seen, sqrt(sub(0.7, y)), 0))
  }),
  /** No number anywhere. */
  nowhere: mixed((y, wild) => mul(y, sqrt(sub(0.5, wild)))),
  /** Infinite at the start, with an infinite slope, and a number on the border. */
  steep: mixed((y) => mul(mul(y, 1e30), 1e30)),
} satisfies Record<string, RowEnergy>

function solve(
  minimizer: Minimizer,
  energy: RowEnergy,
  wild: readonly number[],
): Promise<{ y: NDArray; energy: NDArray; status: NDArray; steps: NDArray }> {
  return jit(
    (flags: Tensor) => {
      const domain = box([2])
      const problem = { energy: (y: Tensor) => energy(y, flags), domain, start: domain.start(2) }
      return { ...minimizer(problem) }
    },
    { engine },
  )(ndarray(Float32Array.from(wild), [wild.length, 1]))
}

const minimizers = {
  projectedGradient: projectedGradient({ steps: 8 }),
  'projectedGradient with momentum': projectedGradient({ steps: 8, momentum: 0.5, decay: 0.1 }),
  logitGradient: logitGradient({ steps: 8, stepSize: 3 }),
  mirrorDescent: mirrorDescent({ steps: 8 }),
  frankWolfe: frankWolfe({ steps: 8 }),
}
const cases = Object.entries(minimizers)
  .flatMap(([name, minimizer]) =>
    (['outside', 'root'] as const).map((kind) => ({ name, minimizer, kind })),
  )
  // It compares the gradient with 0, so that it finds back.
  .filter(({ name, kind }) => name !== 'frankWolfe' || kind !== 'root')

describe('a row that diverges', () => {
  it.each(cases)(
    'returns to its start, the other goes on: $name, $kind',
    async ({ minimizer, kind }) => {
      const { y, energy, status } = await solve(minimizer, energies[kind], [1, 0])
      const clean = await solve(minimizer, energies[kind], [0, 0])
      expect([...status.data]).toEqual([2, 1])
      expect([...clean.status.data]).toEqual([1, 1])
      expect([...y.data.subarray(0, 2)]).toEqual([0.5, 0.5])
      expect(energy.data[0]).toBeCloseTo(kind === 'root' ? 0.5 + 2e-3 * Math.sqrt(0.2) : 0.5, 6)
      expect(y.data.subarray(2)).toEqual(clean.y.data.subarray(2))
      expect(energy.data[1]).toBe(clean.energy.data[1])
    },
  )

  it('is seen by its point where its energy passes over it', async () => {
    const { y, energy, status } = await solve(
      projectedGradient({ steps: 8 }),
      energies.blind,
      [1, 0],
    )
    expect([...status.data]).toEqual([2, 1])
    expect([...y.data.subarray(0, 2)]).toEqual([0.5, 0.5])
    expect(energy.data[0]).toBeCloseTo(0.5 + 2e-3 * Math.sqrt(0.2), 6)
  })

  it('has no energy only where its start has none', async () => {
    const { y, energy, status } = await solve(
      projectedGradient({ steps: 8 }),
      energies.nowhere,
      [1, 0],
    )
    expect([...status.data]).toEqual([2, 1])
    expect([...y.data.subarray(0, 2)]).toEqual([0.5, 0.5])
    expect(energy.data[0]).toBeNaN()
  })

  it.each([
    ['with the fallback', projectedGradient({ steps: 8, fallback: 'last' })],
    ['with a tolerance', projectedGradient({ steps: 8, tolerance: 1e-9 })],
    ['with a trace', projectedGradient({ steps: 8, trace: true })],
    ['at the best point', bestSoFar(projectedGradient({ steps: 8 }))],
  ])('returns to its last point with an energy: %s', async (_, minimizer) => {
    // Each step goes a fifth of the way to 1: 0.5, 0.6, 0.68, 0.744.
    for (const kind of ['outside', 'root'] as const) {
      const { y, energy, status } = await solve(minimizer, energies[kind], [1, 0])
      expect([...status.data]).toEqual([2, 1])
      expect(y.data[0]).toBeCloseTo(0.68, 3)
      expect(energy.data[0]).toBeCloseTo(2 * (1 - 0.68) ** 2, 2)
    }
  })

  it('is not taken for one that is done where its gradient is no number', async () => {
    const minimizer = projectedGradient({ steps: 8, tolerance: 1e-9 })
    const { y, energy, status } = await solve(minimizer, energies.blind, [1, 0])
    expect([...status.data]).toEqual([2, 1])
    // The first point without a gradient is the last one with an energy.
    expect(y.data[0]).toBeCloseTo(0.744, 2)
    expect(energy.data[0]).toBeCloseTo(2 * (1 - 0.744) ** 2, 2)
  })

  it('counts its steps until then where they are looked at, all of them elsewhere', async () => {
    const looked = projectedGradient({ steps: 8, fallback: 'last' })
    expect([...(await solve(looked, energies.outside, [1, 0])).steps.data]).toEqual([3, 8])
    const plain = projectedGradient({ steps: 8 })
    expect([...(await solve(plain, energies.outside, [1, 0])).steps.data]).toEqual([8, 8])
  })
})

describe('a row that does not diverge', () => {
  it('may be put on the border by an infinite gradient', async () => {
    const { y, energy, status } = await solve(
      projectedGradient({ steps: 8 }),
      energies.steep,
      [1, 1],
    )
    expect([...status.data]).toEqual([1, 1])
    expect([...y.data]).toEqual([0, 0, 0, 0])
    expect([...energy.data]).toEqual([2, 2])
  })
})

it('unrolled, it is left as it is on the way, and returns to its start at the end', async () => {
  const search = unrolled(projectedGradient({ steps: 8 }))
  const { iterates, y, status } = await jit(
    (wild: Tensor) => {
      const domain = box([2])
      const energy = (at: Tensor): Tensor => energies.root(at, wild)
      return { ...search({ energy, domain, start: domain.start(2) }) }
    },
    { engine },
  )(array([[1], [0]]))
  expect([...status.data]).toEqual([2, 1])
  expect(iterates.map(({ data }) => Number(Number.isFinite(data[0]))).join('')).toBe('11100001')
  expect(iterates[7]).toEqual(y)
  expect([...y.data.subarray(0, 2)]).toEqual([0.5, 0.5])
})
