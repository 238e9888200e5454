import { maxProduct } from '@deepstruct/inference'
import { DomainError, type NDArray, ndarray, random, ShapeError } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { labelGraph } from '../labels/label-graph.ts'
import { f1LabelLoss, hammingLabelLoss, type LabelLoss } from '../labels/label-loss.ts'
import { enumeratedViolators } from '../loss-augmented/enumerated-violators.ts'
import { inferredViolators } from '../loss-augmented/inferred-violators.ts'
import { loadHighs } from '../loss-augmented/load-highs.ts'
import type { Rescaling } from '../loss-augmented/loss-augmented.ts'
import { binarySvm } from '../svm/binary-svm.ts'
import { blockFrankWolfe } from './block-frank-wolfe.ts'
import { cuttingPlanes } from './cutting-planes.ts'
import { structuredSvm } from './structured-svm.ts'
import { subgradient } from './subgradient.ts'

const [examples, width, labels, C] = [12, 3, 3, 0.7]
const r = random(4)
const features = r.normals([examples, width])
const truth = r.bernoullis([examples, labels], 0.5)

/** The minimum as a quadratic program with one constraint for every label set of every example. */
async function minimum(edges: NDArray, loss: LabelLoss, rescaling: Rescaling): Promise<number> {
  const count = edges.shape[0]!
  const phi = (i: number, y: readonly number[]): number[] => [
    ...y.flatMap((on) =>
      [...features.data.subarray(i * width, (i + 1) * width), 1].map((v) => v * on),
    ),
    ...Array.from({ length: count }, (_, e) => y[edges.data[2 * e]!]! * y[edges.data[2 * e + 1]!]!),
  ]
  const constraints = Array.from({ length: examples }, (_, i) => {
    const own = [...truth.data.subarray(i * labels, (i + 1) * labels)]
    const mine = phi(i, own)
    return Array.from({ length: 2 ** labels }, (__, code) => own.map((___, j) => (code >> j) & 1))
      .filter((y) => y.join() !== own.join())
      .map((y) => {
        const cost = loss.of(own, y)
        const terms = phi(i, y)
          .map((value, k) => [mine[k]! - value, k] as const)
          .filter(([value]) => value !== 0)
          .map(([value, k]) => `${value < 0 ? '-' : '+'} ${Math.abs(value)} w${k}`)
        const slack = rescaling === 'margin' ? 1 : 1 / cost
        return ` ${terms.join(' ')} + ${slack} s${i} >= ${rescaling === 'margin' ? cost : 1}`
      })
  }).flat()
  const weights = Array.from({ length: labels * (width + 1) + count }, (_, k) => `w${k}`)
  const slacks = Array.from({ length: examples }, (_, i) => `+ ${C} s${i}`)
  const program = [
    'Minimize',
    ` obj: ${slacks.join(' ')} + [ ${weights.map((w) => `${w} ^ 2`).join(' + ')} ] / 2`,
    'Subject To',
    ...constraints,
    'Bounds',
    ...weights.map((w) => ` ${w} free`),
    'End',
  ].join('\n')
  const solved = (await loadHighs()).solve(program)
  expect(solved.Status).toBe('Optimal')
  return solved.ObjectiveValue
}

const hamming = hammingLabelLoss()
const f1 = f1LabelLoss()

describe('the objective equals that of the quadratic program with all constraints', () => {
  it.each([
    ['frank-wolfe', blockFrankWolfe, 'full', hamming, 'margin'],
    ['frank-wolfe', blockFrankWolfe, 'tree', f1, 'slack'],
    ['frank-wolfe', blockFrankWolfe, 'full', f1, 'margin'],
    ['frank-wolfe', blockFrankWolfe, 'unary', hamming, 'slack'],
    ['cutting planes', cuttingPlanes(), 'full', hamming, 'margin'],
    ['cutting planes', cuttingPlanes(), 'tree', hamming, 'slack'],
    ['a few cutting planes', cuttingPlanes(12), 'tree', hamming, 'margin'],
    ['subgradient', subgradient, 'tree', hamming, 'margin'],
  ] as const)('%s, %#', async (name, learner, kind, loss, rescaling) => {
    const edges = labelGraph(kind, truth)
    const inference = enumeratedViolators(loss, rescaling)
    const found = await structuredSvm(
      { features, labels: truth, edges, inference },
      { C, learner, maxIterations: 20_000, tolerance: name === 'subgradient' ? 1e-3 : 5e-4 },
    )
    const expected = await minimum(edges, loss, rescaling)
    expect(found.converged).toBe(true)
    expect(Math.abs(found.objective / expected - 1)).toBeLessThan(1e-3)
    expect(found.dual).toBeLessThan(expected * (1 + 1e-5))
  })
})

it('independent labels are binary machines', async () => {
  const edges = labelGraph('unary', truth)
  const inference = inferredViolators(maxProduct)
  const found = await structuredSvm(
    { features, labels: truth, edges, inference },
    { C, tolerance: 1e-5, maxIterations: 5000 },
  )
  const machines = Array.from({ length: labels }, (_, j) => {
    const own = Array.from({ length: examples }, (__, i) => truth.data[i * labels + j]!)
    return binarySvm(features, own, { C, tolerance: 1e-6, maxIterations: 100_000 })
  })
  const total = machines.reduce((sum, { objective }) => sum + objective, 0)
  expect(Math.abs(found.objective / total - 1)).toBeLessThan(1e-3)
})

it('repeats with a seed', async () => {
  const of = (seed: number): ReturnType<typeof structuredSvm> =>
    structuredSvm(
      {
        features,
        labels: truth,
        edges: labelGraph('tree', truth),
        inference: inferredViolators(maxProduct),
      },
      { seed, maxIterations: 3, tolerance: 0 },
    )
  expect(await of(1)).toEqual(await of(1))
  expect(await of(1)).not.toEqual(await of(2))
})

it('refuses labels outside {0, 1}, rows that do not match, and planes too few', async () => {
  const edges = labelGraph('unary', truth)
  const inference = inferredViolators(maxProduct)
  const wrong = ndarray(
    truth.data.map((value) => 2 * value),
    [examples, labels],
  )
  await expect(structuredSvm({ features, labels: wrong, edges, inference })).rejects.toThrow(
    DomainError,
  )
  const short = ndarray(truth.data.slice(labels), [examples - 1, labels])
  await expect(structuredSvm({ features, labels: short, edges, inference })).rejects.toThrow(
    ShapeError,
  )
  expect(() => cuttingPlanes(1)).toThrow(DomainError)
})
