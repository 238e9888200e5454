import { DomainError, ndarray, ShapeError } from '@deepstruct/tensor'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  gatherRows,
  selectRows,
  type SparseMatrix,
  sparseRows,
  toDense,
  toSparse,
} from './sparse.ts'

const matrices = fc
  .record({ rows: fc.integer({ min: 1, max: 6 }), columns: fc.integer({ min: 1, max: 6 }) })
  .chain(({ rows, columns }) =>
    fc
      .array(fc.constantFrom(0, 0, 1, -2.5, 7), {
        minLength: rows * columns,
        maxLength: rows * columns,
      })
      .map((values) => ndarray(values, [rows, columns])),
  )
const matricesWithRows = matrices.chain((matrix) =>
  fc.tuple(
    fc.constant(matrix),
    fc.array(fc.nat((matrix.shape[0] as number) - 1), { maxLength: 9 }),
  ),
)

describe('sparse rows', () => {
  it('hold a small matrix as written by hand', () => {
    const expected: SparseMatrix = {
      rows: 3,
      columns: 4,
      offsets: Int32Array.of(0, 2, 2, 3),
      indices: Int32Array.of(1, 3, 0),
      values: Float32Array.of(5, -1, 2),
    }
    expect(toSparse(ndarray([0, 5, 0, -1, 0, 0, 0, 0, 2, 0, 0, 0], [3, 4]))).toEqual(expected)
  })

  it('leave zeros out', () => {
    const rows = sparseRows()
    rows.push(0, 0)
    rows.push(2, 1)
    rows.endRow()
    expect(rows.build(3).indices).toEqual(Int32Array.of(2))
  })

  it('come back from dense unchanged', () => {
    fc.assert(
      fc.property(matrices, (matrix) => {
        expect(toDense(toSparse(matrix))).toEqual(matrix)
      }),
    )
  })

  it('give the same rows as the dense matrix', () => {
    fc.assert(
      fc.property(matricesWithRows, ([matrix, rows]) => {
        expect(gatherRows(toSparse(matrix), rows)).toEqual(gatherRows(matrix, rows))
      }),
    )
  })

  it('are selected as their dense rows are', () => {
    fc.assert(
      fc.property(matricesWithRows, ([matrix, rows]) => {
        expect(selectRows(toSparse(matrix), rows)).toEqual(toSparse(gatherRows(matrix, rows)))
        expect(selectRows(matrix, rows)).toEqual(gatherRows(matrix, rows))
      }),
    )
  })

  it('refuse rows that are not there', () => {
    const matrix = ndarray([1, 2, 3, 4], [2, 2])
    for (const row of [2, -1, 0.5, NaN]) {
      expect(() => gatherRows(matrix, [0, row])).toThrow(DomainError)
      expect(() => selectRows(toSparse(matrix), [row])).toThrow(DomainError)
    }
    expect(() => gatherRows(matrix, [0, 2])).toThrow(
      'gatherRows: rows[1] is 2, expected a row number from 0 to 1',
    )
  })

  it('refuse arrays that are no matrix', () => {
    expect(() => toSparse(ndarray([1, 2]))).toThrow(ShapeError)
  })
})
