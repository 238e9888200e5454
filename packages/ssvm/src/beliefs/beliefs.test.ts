import { enumeratedMarginals, enumeration, type Potentials } from '@deepstruct/inference'
import {
  array,
  DomainError,
  eagerEngine,
  grad,
  jit,
  type NDArray,
  random,
  sum,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { labelGraph, type LabelGraphKind } from '../labels/label-graph.ts'
import { enumeratedBeliefs } from './enumerated-beliefs.ts'
import { independentBeliefs } from './independent-beliefs.ts'
import type { BeliefKind, BeliefSolver } from './label-beliefs.ts'
import { meanFieldBeliefs } from './mean-field-beliefs.ts'
import { relaxedBeliefs } from './relaxed-beliefs.ts'
import { treeBeliefs } from './tree-beliefs.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const [batch, labels] = [4, 6]
const r = random(9)
const truth = r.bernoullis([30, labels], 0.5)
const single = r.normals([batch, labels], 0, 1.5)

interface Case {
  readonly single: NDArray
  readonly pairs?: NDArray
  readonly edges?: NDArray
}

function scoresOf(kind: LabelGraphKind): Case {
  if (kind === 'unary') return { single }
  const edges = labelGraph(kind, truth)
  return { single, edges, pairs: random(2).normals([edges.shape[0]!], 0, 1.5) }
}

/** The same scores as energies. */
function potentialsOf({
  single: s,
  pairs,
  edges = labelGraph('unary', truth),
}: Case): Potentials<NDArray> {
  const count = edges.shape[0]!
  return {
    unary: {
      shape: [batch, labels, 2],
      dtype: 'float32',
      data: Float32Array.from({ length: 2 * s.data.length }, (_, i) =>
        i % 2 === 0 ? 0 : -s.data[i >> 1]!,
      ),
    },
    edges,
    pairwise: {
      shape: [count, 2, 2],
      dtype: 'float32',
      data: Float32Array.from({ length: 4 * count }, (_, i) =>
        i % 4 === 3 ? -pairs!.data[i >> 2]! : 0,
      ),
    },
  }
}

const run = (solver: BeliefSolver, kind: BeliefKind, scores: Case) =>
  jit((s: { single: Tensor; pairs?: Tensor; edges?: Tensor }) => ({ ...solver(kind, s) }))(scores)

describe.each<readonly [string, BeliefSolver, LabelGraphKind]>([
  ['independent', independentBeliefs, 'unary'],
  ['tree', treeBeliefs, 'tree'],
  ['enumerated, tree', enumeratedBeliefs, 'tree'],
  ['enumerated, full', enumeratedBeliefs, 'full'],
])('%s beliefs equal enumeration', (_, solver, kind) => {
  const scores = scoresOf(kind)

  it('of the best label set', async () => {
    const { y, value } = await run(solver, 'best', scores)
    const all = await enumeration()(potentialsOf(scores))
    for (let b = 0; b < batch; b++) {
      expect(value.data[b]).toBeCloseTo(-all.energy.data[b]!, 4)
      for (let j = 0; j < labels; j++)
        expect(y.data[b * labels + j]! > 0.5).toBe(all.y.data[(b * labels + j) * 2 + 1] === 1)
    }
  })

  it('of the distribution', async () => {
    const { y, value } = await run(solver, 'distribution', scores)
    const all = enumeratedMarginals(potentialsOf(scores))
    for (let b = 0; b < batch; b++) {
      expect(value.data[b]).toBeCloseTo(all.logPartition.data[b]!, 4)
      for (let j = 0; j < labels; j++)
        expect(y.data[b * labels + j]).toBeCloseTo(all.marginals.data[(b * labels + j) * 2 + 1]!, 4)
    }
  })

  it('and the gradient of the log-partition are the marginals', async () => {
    const of = jit((s: { single: Tensor; pairs?: Tensor; edges?: Tensor }) => ({
      slopes: grad((x: Tensor) => sum(solver('distribution', { ...s, single: x }).value))(s.single),
      y: solver('distribution', s).y,
    }))
    const { slopes, y } = await of(scores)
    for (let i = 0; i < y.data.length; i++) expect(slopes.data[i]).toBeCloseTo(y.data[i]!, 4)
  })

  it('and that of the pairs is the expected number of them', async () => {
    const { pairs } = scores
    if (pairs === undefined) return
    const of = jit((s: { single: Tensor; pairs: Tensor; edges: Tensor }) =>
      grad((p: Tensor) => sum(solver('distribution', { ...s, pairs: p }).value))(s.pairs),
    )
    const slopes = await of(scores as Required<Case>)
    const step = 1e-2
    const at = (change: number, e: number): number => {
      const data = pairs.data.map((p, k) => p + (k === e ? change : 0))
      const moved = enumeratedMarginals(potentialsOf({ ...scores, pairs: { ...pairs, data } }))
      return Array.from(moved.logPartition.data).reduce((a, c) => a + c)
    }
    for (let e = 0; e < pairs.data.length; e++)
      expect(slopes.data[e]).toBeCloseTo((at(step, e) - at(-step, e)) / (2 * step), 2)
  })
})

describe('approximate beliefs', () => {
  it('mean field is a lower bound, and exact without pairs', async () => {
    const full = scoresOf('full')
    const [field, exact] = [
      await run(meanFieldBeliefs(), 'distribution', full),
      await run(enumeratedBeliefs, 'distribution', full),
    ]
    for (let b = 0; b < batch; b++)
      expect(field.value.data[b]).toBeLessThan(exact.value.data[b]! + 1e-4)
    const alone = await run(meanFieldBeliefs(), 'distribution', { single })
    const apart = await run(independentBeliefs, 'distribution', { single })
    for (let b = 0; b < batch; b++) expect(alone.value.data[b]).toBeCloseTo(apart.value.data[b]!, 4)
  })

  it('a relaxation with a minimizer never scores above the best label set but for fractions', async () => {
    const attractive = scoresOf('full')
    const pairs = { ...attractive.pairs!, data: attractive.pairs!.data.map(Math.abs) }
    const [relaxed, exact] = [
      await run(relaxedBeliefs(), 'best', { ...attractive, pairs }),
      await run(enumeratedBeliefs, 'best', { ...attractive, pairs }),
    ]
    for (let b = 0; b < batch; b++)
      expect(relaxed.value.data[b]).toBeLessThan(exact.value.data[b]! + 1e-3)
    expect((await run(relaxedBeliefs(), 'distribution', attractive)).value.shape).toEqual([batch])
  })

  it('enumeration refuses too many labels', async () => {
    const many = { single: array([Array.from({ length: 30 }, () => 0)]) }
    await expect(run(enumeratedBeliefs, 'best', many)).rejects.toThrow(DomainError)
  })
})
