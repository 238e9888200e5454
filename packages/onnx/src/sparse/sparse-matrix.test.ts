import { type NDArray, ndarray, random } from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { instantiate } from '../fused/instantiate.ts'
import { sharedMemory } from '../pool/shared-memory.ts'
import { sparseProductKernel } from './product-kernel.ts'
import { kernelOperands, shareWords } from './shared-operands.ts'
import { isMostlyZero, sparse, type SparseMatrix, transposed } from './sparse-matrix.ts'

/** A matrix of normal numbers, most of them replaced by 0. */
function drawn(rows: number, columns: number, share: number, seed = 1): NDArray {
  const draw = random(seed)
  const data = Float32Array.from({ length: rows * columns }, () =>
    draw.uniform() < share ? draw.normal() : 0,
  )
  return ndarray(data, [rows, columns])
}

function dense({ columns, offsets, indices, values }: SparseMatrix): NDArray {
  const rows = offsets.length - 1
  const data = new Float32Array(rows * columns)
  for (let row = 0; row < rows; row++)
    for (let entry = offsets[row]!; entry < offsets[row + 1]!; entry++)
      data[row * columns + indices[entry]!] = values[entry]!
  return ndarray(data, [rows, columns])
}

function exchanged({ shape, data }: NDArray): NDArray {
  const [rows, columns] = shape as [number, number]
  const turned = Float32Array.from(
    { length: data.length },
    (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!,
  )
  return ndarray(turned, [columns, rows])
}

const extents = [1, 2, 3, 4, 5, 7, 8, 30, 31, 33, 64]

describe('sparse', () => {
  it.each(extents)('finds what is not zero in %i columns', (columns) => {
    for (const share of [0, 0.1, 0.5, 1]) {
      const matrix = drawn(6, columns, share)
      const found = sparse(matrix)
      expect(dense(found)).toEqual(matrix)
      expect(found.values).toHaveLength(matrix.data.filter((value) => value !== 0).length)
    }
  })

  it('takes a part of a larger array', () => {
    const { data } = drawn(5, 10, 0.3)
    const part = ndarray(data.subarray(20, 40) as Float32Array, [2, 10])
    expect(dense(sparse(part)).data).toEqual(data.slice(20, 40))
  })

  it('multiplies by a factor', () => {
    const [matrix, factor] = [drawn(4, 9, 0.5), drawn(4, 9, 0.8, 2)]
    const expected = matrix.data.map((value, i) => value * factor.data[i]!)
    // Without regard to the signs of zeros.
    for (const [i, value] of dense(sparse(matrix, factor)).data.entries())
      expect(value - expected[i]!).toBe(0)
  })
})

it.each(extents)('transposes %i columns', (columns) => {
  const matrix = drawn(5, columns, 0.3)
  expect(dense(transposed(sparse(matrix)))).toEqual(exchanged(matrix))
  expect(transposed(transposed(sparse(matrix)))).toEqual(sparse(matrix))
})

it('judges by some elements whether it pays', () => {
  expect(isMostlyZero(drawn(64, 300, 0.04))).toBe(true)
  expect(isMostlyZero(drawn(64, 300, 0.3))).toBe(false)
  expect(isMostlyZero(drawn(64, 30, 0.04))).toBe(false)
  expect(isMostlyZero({ ...drawn(64, 300, 0.04), shape: [64, 30, 10] })).toBe(false)
})

describe('the kernel of products', () => {
  it.each([...extents, 150, 259])('multiplies with %i columns', (columns) => {
    const shared = sharedMemory()
    const [rows, inner, guard] = [9, 21, -7.25]
    const a = sparse(drawn(rows, inner, 0.3, columns))
    const b = random(2).normals([inner, columns])
    const result = shared.array([rows * columns + 4])
    result.data.fill(guard)
    const operands = [...kernelOperands(a, columns), b.data as Float32Array].map((words) =>
      shareWords(shared, words),
    )
    const table = shareWords(
      shared,
      Int32Array.from([...operands, result], (block) => shared.addressOf(block)!),
    )
    const run = instantiate(sparseProductKernel(columns), shared.memory)
    const product = (row: number, column: number): number => {
      let sum = 0
      for (let entry = a.offsets[row]!; entry < a.offsets[row + 1]!; entry++) {
        const term = Math.fround(a.values[entry]! * b.data[a.indices[entry]! * columns + column]!)
        sum = Math.fround(sum + term)
      }
      return sum
    }
    run(shared.addressOf(table)!, 2, 7)
    run(shared.addressOf(table)!, 7, 7)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        expect(result.data[row * columns + column]).toBe(
          row < 2 || row >= 7 ? guard : product(row, column),
        )
    expect(result.data.slice(rows * columns)).toEqual(new Float32Array(4).fill(guard))
  })
})
