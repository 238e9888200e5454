import {
  array,
  DomainError,
  DTypeError,
  grad,
  jit,
  mul,
  ndarray,
  random,
  ShapeError,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { embedding } from './embedding.ts'

const tables = [
  array([
    [9, 9],
    [1, 2],
    [3, 4],
  ]),
  array([
    [8, 8],
    [10, 20],
  ]),
]
// Two rows of two positions: [2, 1] [1, 0] and [2, 0] [0, 0].
const ids = ndarray([2, 1, 1, 0, 2, 0, 0, 0], [2, 2, 2], 'int32')

describe('embedding', () => {
  it('puts the vectors of the columns side by side', async () => {
    const { shape, data } = await jit(embedding({ columns: [3, 2], width: 2 }).apply)(tables, ids)
    expect(shape).toEqual([2, 2, 4])
    expect([...data]).toEqual([3, 4, 10, 20, 1, 2, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0])
  })

  it('adds them', async () => {
    const network = embedding({ columns: [3, 2], width: 2, combine: 'sum' })
    const { data } = await jit(network.apply)(tables, ids)
    expect(network.outputs).toBe(2)
    expect([...data]).toEqual([13, 24, 1, 2, 3, 4, 0, 0])
  })

  it('adds the gradients of an id up, and has none at padding', async () => {
    const network = embedding({ columns: [3, 2], width: 2 })
    const weights = ndarray(
      Float32Array.from({ length: 16 }, (_, i) => i + 1),
      [2, 2, 4],
    )
    const gradient = jit((t: readonly Tensor[], at: Tensor, w: Tensor) =>
      grad((p: readonly Tensor[]) => sum(mul(network.apply(p, at), w)))(t),
    )
    const [first, second] = await gradient(tables, ids, weights)
    expect([...first!.data]).toEqual([0, 0, 5, 6, 1 + 9, 2 + 10])
    expect([...second!.data]).toEqual([0, 0, 3, 4])
  })

  it('draws tables of the widths it is told, the same for a seed', () => {
    const network = embedding({ columns: [3, 2], width: [4, 1] })
    expect(network.outputs).toBe(5)
    const drawn = network.init(random(1))
    expect(drawn.map(({ shape }) => shape)).toEqual([
      [3, 4],
      [2, 1],
    ])
    expect(network.init(random(1))).toEqual(drawn)
  })

  it('refuses what does not fit', async () => {
    expect(() => embedding({ columns: [], width: 2 })).toThrow(DomainError)
    expect(() => embedding({ columns: [3, 2], width: [2] })).toThrow(DomainError)
    expect(() => embedding({ columns: [3, 2], width: [2, 1], combine: 'sum' })).toThrow(DomainError)
    const run = jit(embedding({ columns: [3, 2], width: 2 }).apply)
    await expect(run(tables, ndarray([3, 0], [1, 1, 2], 'int32'))).rejects.toThrow(DomainError)
    await expect(run(tables, ndarray([-1, 0], [1, 1, 2], 'int32'))).rejects.toThrow(DomainError)
    await expect(run(tables, ndarray([1, 0, 1], [1, 1, 3], 'int32'))).rejects.toThrow(ShapeError)
    await expect(run(tables, ndarray([1, 0], [1, 1, 2]))).rejects.toThrow(DTypeError)
    await expect(run([tables[0]!], ids)).rejects.toThrow(ShapeError)
  })
})
