import { array, DomainError, type NDArray, ndarray, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { chainEdges } from './chain-edges.ts'
import { enumeratedMarginals } from './enumerated-marginals.ts'
import { enumeration } from './enumeration.ts'
import { hammingCost } from './hamming-cost.ts'
import { maxProduct } from './max-product.ts'
import type { Potentials } from './potentials.ts'
import { sumProduct } from './sum-product.ts'
import { viterbi } from './viterbi.ts'
import { visitAssignments } from './visit-assignments.ts'

const [batch, variables, states] = [4, 5, 3]

const edgesOf = (...pairs: readonly (readonly [number, number])[]): NDArray =>
  ndarray(Int32Array.from(pairs.flat()), [pairs.length, 2])

/** A star with a tail, edges in both directions, and a variable apart. */
const forest = edgesOf([1, 0], [1, 2], [3, 2])
const cyclic = edgesOf([0, 1], [1, 2], [2, 0], [2, 3])

function potentialsOf(edges: NDArray, seed: number, perExample = true): Potentials<NDArray> {
  const r = random(seed)
  const tables = [edges.shape[0]!, states, states]
  return {
    unary: r.normals([batch, variables, states]),
    edges,
    pairwise: r.normals(perExample ? [batch, ...tables] : tables),
    mask: array([
      [1, 1, 1, 1, 1],
      [1, 0, 1, 1, 0],
      [0, 1, 1, 1, 1],
      [0, 0, 0, 0, 0],
    ]),
  }
}

/** The energy of states, written down from its definition. */
function energyOf(p: Potentials<NDArray>, example: number, chosen: ArrayLike<number>): number {
  let total = 0
  for (let i = 0; i < variables; i++)
    if (chosen[i]! >= 0) total += p.unary.data[(example * variables + i) * states + chosen[i]!]!
  const count = p.edges.shape[0]!
  for (let e = 0; e < count; e++) {
    const [k, l] = [chosen[p.edges.data[2 * e]!]!, chosen[p.edges.data[2 * e + 1]!]!]
    const table = p.pairwise.shape.length === 4 ? example * count + e : e
    if (k >= 0 && l >= 0) total += p.pairwise.data[(table * states + k) * states + l]!
  }
  return total
}

describe.each([true, false])('tables of each example: %s', (perExample) => {
  it('every assignment is visited once, with its energy', () => {
    const p = potentialsOf(cyclic, 1, perExample)
    const seen = new Set<string>()
    visitAssignments('test', p, (example, chosen, energy) => {
      seen.add(`${example}:${chosen.join()}`)
      expect(energy).toBeCloseTo(energyOf(p, example, chosen), 5)
    })
    expect(seen.size).toBe(3 ** 5 + 3 ** 3 + 3 ** 4 + 1)
  })

  it.each([false, true])('max-product finds what enumeration finds, cost: %s', async (costed) => {
    const p = potentialsOf(forest, 2, perExample)
    const truth = ndarray(
      Float32Array.from({ length: batch * variables * states }, (_, i) =>
        i % states === 1 ? 1 : 0,
      ),
      [batch, variables, states],
    )
    const options = costed ? { cost: hammingCost(truth) } : {}
    const [tree, all] = [await maxProduct(p, options), await enumeration()(p, options)]
    expect(tree.y).toEqual(all.y)
    for (let b = 0; b < batch; b++) expect(tree.energy.data[b]).toBeCloseTo(all.energy.data[b]!, 5)
    expect([...tree.steps.data]).toEqual([5, 3, 4, 0])
  })

  it('sum-product sums what enumeration sums', () => {
    const p = potentialsOf(forest, 3, perExample)
    const [tree, all] = [sumProduct(p), enumeratedMarginals(p)]
    for (let b = 0; b < batch; b++)
      expect(tree.logPartition.data[b]).toBeCloseTo(all.logPartition.data[b]!, 4)
    for (let i = 0; i < all.marginals.data.length; i++)
      expect(tree.marginals.data[i]).toBeCloseTo(all.marginals.data[i]!, 5)
  })
})

it('on chains max-product is Viterbi', async () => {
  const p = potentialsOf(chainEdges(variables), 4)
  expect((await maxProduct(p)).y).toEqual((await viterbi(p)).y)
})

it('a forbidden state has no probability and is never chosen', async () => {
  const p: Potentials<NDArray> = {
    unary: array([
      [
        [Infinity, 5],
        [0, 1],
      ],
    ]),
    edges: chainEdges(2),
    pairwise: array([
      [
        [0, 0],
        [Infinity, 0],
      ],
    ]),
  }
  expect([...(await maxProduct(p)).y.data]).toEqual([0, 1, 0, 1])
  expect([...sumProduct(p).marginals.data]).toEqual([0, 1, 0, 1])
  expect(sumProduct(p).logPartition.data[0]).toBeCloseTo(-6, 5)
})

describe('bad graphs', () => {
  it('a cycle is refused by the solvers of trees', async () => {
    await expect(maxProduct(potentialsOf(cyclic, 5))).rejects.toThrow(DomainError)
    expect(() => sumProduct(potentialsOf(cyclic, 5))).toThrow('a cycle through')
    await expect(maxProduct(potentialsOf(edgesOf([0, 1], [1, 0]), 5))).rejects.toThrow('cycle')
  })

  it('too many assignments are refused, with their number', async () => {
    const many: Potentials<NDArray> = {
      unary: random(0).normals([1, 30, 2]),
      edges: chainEdges(30),
      pairwise: random(0).normals([1, 2, 2]),
    }
    await expect(enumeration()(many)).rejects.toThrow('1073741824')
  })
})
