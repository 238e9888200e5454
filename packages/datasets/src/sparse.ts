import { DomainError, filled, type NDArray, ShapeError } from '@deepstruct/tensor'

/** A matrix in compressed sparse rows: row `r` holds the entries `offsets[r]` up to, not including, `offsets[r + 1]`. */
export interface SparseMatrix {
  /** The number of rows. */
  readonly rows: number
  /** The number of columns. */
  readonly columns: number
  /** Where each row starts, and one past the last entry: `rows + 1` numbers. */
  readonly offsets: Int32Array
  /** The column of each entry, ascending within a row. */
  readonly indices: Int32Array
  /** The value of each entry. */
  readonly values: Float32Array
}

/** Inputs of all examples, `[examples, features]`: dense float32, or sparse where most entries are zero. */
export type Features = NDArray | SparseMatrix

/** Collects a {@link SparseMatrix} row by row. */
export interface SparseRows {
  /** Adds an entry to the row under way; columns ascend within a row, and zeros are left out. */
  push(column: number, value: number): void
  /** Ends the row under way. */
  endRow(): void
  /** The matrix of the rows ended so far. */
  build(columns: number): SparseMatrix
}

/** A collector of sparse rows. */
export function sparseRows(): SparseRows {
  const offsets = [0]
  const indices: number[] = []
  const values: number[] = []
  return {
    push(column, value) {
      if (value === 0) return
      indices.push(column)
      values.push(value)
    },
    endRow: () => void offsets.push(indices.length),
    build: (columns) => ({
      rows: offsets.length - 1,
      columns,
      offsets: Int32Array.from(offsets),
      indices: Int32Array.from(indices),
      values: Float32Array.from(values),
    }),
  }
}

/** Whether features are held as compressed sparse rows. */
export function isSparse(features: Features): features is SparseMatrix {
  return 'offsets' in features
}

/** The number of rows and columns of features. */
export function extentOf(features: Features): readonly [rows: number, columns: number] {
  if (isSparse(features)) return [features.rows, features.columns]
  const [rows, columns] = features.shape
  if (features.shape.length !== 2 || rows === undefined || columns === undefined)
    throw new ShapeError({
      function: 'extentOf',
      argument: 'features',
      got: `of shape [${features.shape.join(', ')}]`,
      expected: 'a matrix [examples, features]',
    })
  return [rows, columns]
}

/** The nonzero entries of a dense matrix as compressed sparse rows. */
export function toSparse(matrix: NDArray): SparseMatrix {
  const [rows, columns] = extentOf(matrix)
  const collected = sparseRows()
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      collected.push(column, matrix.data[row * columns + column] as number)
    collected.endRow()
  }
  return collected.build(columns)
}

/** All rows as one dense float32 matrix. */
export function toDense(features: Features): NDArray {
  return gatherRows(
    features,
    Array.from({ length: extentOf(features)[0] }, (_, row) => row),
  )
}

/**
 * The given rows, in the given order, as a dense float32 matrix `[rows, columns]`.
 *
 * @throws `DomainError` when a row number is not one of the matrix
 */
export function gatherRows(features: Features, rows: ArrayLike<number>): NDArray {
  const [size, columns] = extentOf(features)
  checkRows('gatherRows', rows, size)
  const gathered = filled([rows.length, columns], 0)
  const target = gathered.data
  if (isSparse(features)) {
    const { offsets, indices, values } = features
    for (let i = 0; i < rows.length; i++) {
      const row = rows[i] as number
      const end = offsets[row + 1] as number
      const base = i * columns
      for (let entry = offsets[row] as number; entry < end; entry++)
        target[base + (indices[entry] as number)] = values[entry] as number
    }
  } else {
    for (let i = 0; i < rows.length; i++) {
      const start = (rows[i] as number) * columns
      target.set(features.data.subarray(start, start + columns), i * columns)
    }
  }
  return gathered
}

/**
 * The given rows, in the given order, held the same way: sparse stays sparse.
 *
 * @throws `DomainError` when a row number is not one of the matrix
 */
export function selectRows<F extends Features>(features: F, rows: ArrayLike<number>): F
export function selectRows(features: Features, rows: ArrayLike<number>): Features {
  if (!isSparse(features)) return gatherRows(features, rows)
  checkRows('selectRows', rows, features.rows)
  const offsets = new Int32Array(rows.length + 1)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const length = (features.offsets[row + 1] as number) - (features.offsets[row] as number)
    offsets[i + 1] = (offsets[i] as number) + length
  }
  const entries = offsets[rows.length] as number
  const indices = new Int32Array(entries)
  const values = new Float32Array(entries)
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    const [start, end] = [features.offsets[row], features.offsets[row + 1]]
    indices.set(features.indices.subarray(start, end), offsets[i])
    values.set(features.values.subarray(start, end), offsets[i])
  }
  return { rows: rows.length, columns: features.columns, offsets, indices, values }
}

function checkRows(fn: string, rows: ArrayLike<number>, size: number): void {
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i] as number
    if (row >>> 0 !== row || row >= size)
      throw new DomainError({
        function: fn,
        argument: `rows[${i}]`,
        got: String(row),
        expected: size === 0 ? 'no row, as there is none' : `a row number from 0 to ${size - 1}`,
      })
  }
}
