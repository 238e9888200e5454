import {
  array,
  DomainError,
  jit,
  type NDArray,
  random,
  ShapeError,
  takeRows,
  type Tensor,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { chainEdges } from './chain-edges.ts'
import { hammingCost } from './hamming-cost.ts'
import { potentialsEnergy } from './potentials-energy.ts'
import type { Potentials } from './potentials.ts'
import { viterbi } from './viterbi.ts'

const [batch, length, states] = [5, 4, 3]
const lengths = [4, 3, 1, 0, 2]

function chains(perExample: boolean): Potentials<NDArray> {
  const r = random(7)
  const tables = [length - 1, states, states]
  return {
    unary: r.normals([batch, length, states]),
    edges: chainEdges(length),
    pairwise: r.normals(perExample ? [batch, ...tables] : tables),
    mask: array(lengths.map((n) => Array.from({ length }, (_, t) => (t < n ? 1 : 0)))),
  }
}

/** Some true states, none beyond the end of a row. */
const truth: NDArray = {
  shape: [batch, length, states],
  dtype: 'float32',
  data: Float32Array.from({ length: batch * length * states }, (_, i) => {
    const t = Math.floor(i / states) % length
    const b = Math.floor(i / states / length)
    return t < lengths[b]! && i % states === (b + t) % states ? 1 : 0
  }),
}

/** Every choice of a state at each position, as indicators that are zero where the mask is. */
function assignments(mask: readonly number[]): number[][] {
  return mask.reduce<number[][]>(
    (rest, counts) =>
      counts === 0
        ? rest.map((row) => [...row, ...Array.from({ length: states }, () => 0)])
        : rest.flatMap((row) =>
            Array.from({ length: states }, (_unused, k) => [
              ...row,
              ...Array.from({ length: states }, (_, j) => (j === k ? 1 : 0)),
            ]),
          ),
    [[]],
  )
}

const energyOf = jit((p: Potentials, y: Tensor) => potentialsEnergy(p, y))

function alone(p: Potentials<NDArray>, example: number): Potentials<NDArray> {
  const row = (x: NDArray): NDArray => takeRows<NDArray>(x, example, example + 1)
  return {
    unary: row(p.unary),
    edges: p.edges,
    pairwise: p.pairwise.shape.length === 4 ? row(p.pairwise) : p.pairwise,
    ...(p.mask && { mask: row(p.mask) }),
  }
}

describe.each([false, true])('viterbi, tables of each example: %s', (perExample) => {
  const potentials = chains(perExample)
  const cost = hammingCost(truth)

  it.each([undefined, cost])(
    'finds the minimum that enumeration finds (cost %#)',
    async (delta) => {
      const found = await viterbi(potentials, delta && { cost: delta })
      for (const [b, n] of lengths.entries()) {
        const mask = Array.from({ length }, (_, t) => (t < n ? 1 : 0))
        let best = { energy: Number.POSITIVE_INFINITY, y: [] as number[] }
        for (const y of assignments(mask)) {
          const shape = [1, length, states]
          const tensor: NDArray = { shape, dtype: 'float32', data: Float32Array.from(y) }
          const { data } = await energyOf(alone(potentials, b), tensor)
          const charged = y.reduce(
            (sum, value, i) => sum - value * (delta?.data[b * length * states + i] ?? 0),
            data[0]!,
          )
          if (charged < best.energy) best = { energy: charged, y }
        }
        expect(found.energy.data[b]).toBeCloseTo(best.energy, 5)
        expect([...found.y.data.subarray(b * length * states, (b + 1) * length * states)]).toEqual(
          best.y,
        )
      }
      expect([...found.steps.data]).toEqual(lengths)
      expect(found.status).toEqual(lengths.map(() => 'converged'))
    },
  )
})

describe('viterbi', () => {
  it('solves an example by hand', async () => {
    const solution = await viterbi({
      unary: array([
        [
          [0, 1],
          [0.5, 0],
        ],
      ]),
      edges: chainEdges(2),
      pairwise: array([
        [
          [0, 2],
          [2, 0],
        ],
      ]),
    })
    expect([...solution.y.data]).toEqual([1, 0, 1, 0])
    expect([...solution.energy.data]).toEqual([0.5])
  })

  it('cuts the chain at a position that does not count', async () => {
    const r = random(3)
    const whole = { unary: r.normals([1, 5, 3]), pairwise: r.normals([1, 3, 3]) }
    const cut = await viterbi({ ...whole, edges: chainEdges(5), mask: array([[1, 1, 0, 1, 1]]) })
    const halves = await viterbi({
      unary: {
        shape: [2, 2, 3],
        dtype: 'float32',
        data: Float32Array.of(...whole.unary.data.subarray(0, 6), ...whole.unary.data.subarray(9)),
      },
      edges: chainEdges(2),
      pairwise: whole.pairwise,
    })
    expect([...cut.y.data]).toEqual([
      ...halves.y.data.subarray(0, 6),
      0,
      0,
      0,
      ...halves.y.data.subarray(6),
    ])
    expect(cut.energy.data[0]).toBeCloseTo(halves.energy.data[0]! + halves.energy.data[1]!, 5)
  })

  it('avoids forbidden states, and says where none is left', async () => {
    const solution = await viterbi({
      unary: array([
        [[Number.POSITIVE_INFINITY, 4]],
        [[Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]],
      ]),
      edges: chainEdges(1),
      pairwise: array([
        [
          [0, 0],
          [0, 0],
        ],
      ]),
    })
    expect([...solution.y.data].slice(0, 2)).toEqual([0, 1])
    expect(solution.status).toEqual(['converged', 'diverged'])
  })

  it('refuses graphs that are no chain, and parts that do not fit', async () => {
    const fine = chains(false)
    const edges: NDArray = { shape: [1, 2], dtype: 'int32', data: Int32Array.of(0, 2) }
    const pairwise = random(1).normals([1, states, states])
    await expect(viterbi({ ...fine, edges, pairwise })).rejects.toThrow(DomainError)
    await expect(viterbi({ ...fine, pairwise: random(1).normals([2, 3, 3]) })).rejects.toThrow(
      ShapeError,
    )
    await expect(viterbi(fine, { cost: fine.pairwise })).rejects.toThrow(ShapeError)
  })
})
