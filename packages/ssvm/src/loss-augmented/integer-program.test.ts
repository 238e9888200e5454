import { enumeration, maxProduct, type Potentials } from '@deepstruct/inference'
import {
  array,
  DivergenceError,
  DomainError,
  type NDArray,
  ndarray,
  random,
  ShapeError,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { integerProgram } from './integer-program.ts'

const complete = (variables: number): NDArray => {
  const pairs: number[] = []
  for (let i = 0; i < variables; i++) for (let j = i + 1; j < variables; j++) pairs.push(i, j)
  return ndarray(Int32Array.from(pairs), [pairs.length / 2, 2])
}

function frustrated(variables: number, states: number, seed: number): Potentials<NDArray> {
  const [r, edges] = [random(seed), complete(variables)]
  return {
    unary: r.normals([3, variables, states]),
    edges,
    pairwise: r.normals([edges.shape[0]!, states, states], 0, 2),
  }
}

describe('integerProgram', () => {
  it.each([
    [5, 2],
    [4, 3],
  ])('finds what enumeration finds: %i variables of %i states', async (variables, states) => {
    const p = frustrated(variables, states, 1)
    const mask = ndarray(
      Float32Array.from({ length: 3 * variables }, (_, i) => (i === 1 ? 0 : 1)),
      [3, variables],
    )
    const cost = random(2).normals([3, variables, states])
    for (const [potentials, options] of [
      [p, {}],
      [{ ...p, mask }, { cost }],
    ] as const) {
      const [found, all] = [
        await integerProgram()(potentials, options),
        await enumeration()(potentials, options),
      ]
      expect(found.y.data).toEqual(all.y.data)
      for (let b = 0; b < 3; b++) {
        expect(found.energy.data[b]).toBeCloseTo(all.energy.data[b]!, 4)
        expect(found.bound.data[b]).toBeCloseTo(all.energy.data[b]!, 3)
      }
    }
  })

  it('the relaxation is a lower bound, and exact on trees', async () => {
    const relaxed = integerProgram({ integer: false })
    const p = frustrated(6, 2, 3)
    const all = await enumeration()(p)
    const { energy, y } = await relaxed(p)
    expect(energy.data.every((value, b) => value <= all.energy.data[b]! + 1e-5)).toBe(true)
    expect(y.data.some((value) => value > 0.01 && value < 0.99)).toBe(true)
    const tree = { ...p, edges: ndarray(Int32Array.of(0, 1, 1, 2, 1, 3), [3, 2]) }
    const few = { ...tree, pairwise: random(4).normals([3, 2, 2]) }
    const [loose, exact] = [await relaxed(few), await maxProduct(few)]
    for (let b = 0; b < 3; b++) expect(loose.energy.data[b]).toBeCloseTo(exact.energy.data[b]!, 4)
  })

  it('says when there is no assignment, no time, or a part that does not fit', async () => {
    const none: Potentials<NDArray> = {
      unary: array([[[Infinity, Infinity]]]),
      edges: ndarray(new Int32Array(0), [0, 2]),
      pairwise: array([
        [
          [0, 0],
          [0, 0],
        ],
      ]),
    }
    await expect(integerProgram()(none)).rejects.toThrow(DomainError)
    const p = frustrated(18, 3, 5)
    await expect(integerProgram({ timeLimit: 1e-3 })(p)).rejects.toThrow(DivergenceError)
    await expect(integerProgram()(p, { cost: p.pairwise })).rejects.toThrow(ShapeError)
  })
})
