import { array, eagerEngine, jit, type Tensor, useEngine } from '@deepstruct/tensor'
import { beforeAll, expect, it } from 'vitest'
import {
  filledGroups,
  groupedNoise,
  groupedRows,
  joinedMembers,
  membersOf,
  rowsOfGroups,
} from './groups.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const rows = array(Array.from({ length: 6 }, (_, i) => [i, 10 + i]))

it('takes members of each group, and puts them together again', async () => {
  const { first, rest, all } = await jit((x: Tensor) => {
    const tree = { x, deep: [x] }
    const one = membersOf(tree, { of: 3, from: 0, count: 1 })
    const two = membersOf(tree, { of: 3, from: 1, count: 2 })
    const joined = joinedMembers([
      { rows: one.x, count: 1 },
      { rows: two.deep[0]!, count: 2 },
    ])
    return { first: one.deep[0]!, rest: two.x, all: joined }
  })(rows)
  expect([...first.data]).toEqual([0, 10, 3, 13])
  expect([...rest.data]).toEqual([1, 11, 2, 12, 4, 14, 5, 15])
  expect(all).toEqual(rows)
})

it('puts rows into groups and back', async () => {
  const grouped = groupedRows(rows, 3)
  expect(grouped.shape).toEqual([2, 3, 2])
  expect(await jit((x: Tensor) => rowsOfGroups(x))(grouped)).toEqual(rows)
  const noise = { a: { kind: 'uniform', shape: [6], low: 0, high: 1 } } as const
  expect(groupedNoise(noise, 3)).toEqual({ a: { ...noise.a, shape: [2, 3] } })
})

it('fills the last group with rows that are there', () => {
  expect([...filledGroups([4, 5, 6], 1, 2)]).toEqual([4, 5, 6, 4])
  expect([...filledGroups([4, 5], 2, 2)]).toEqual([4, 5, 4, 5])
  expect([...filledGroups([7], 1, 4)]).toEqual([7, 7, 7, 7])
})
