import { type NDArray, sizeOf } from '@deepstruct/tensor'

/** A matrix by its elements that are not zero, row by row. */
export interface SparseMatrix {
  /** The number of columns. */
  readonly columns: number
  /** Where the entries of each row begin, and at last where they end: `[rows + 1]`. */
  readonly offsets: Int32Array
  /** The column of each entry; they ascend in each row. */
  readonly indices: Int32Array
  /** The value of each entry. */
  readonly values: Float32Array
}

/** A matrix with more entries than this share is not worth the search for them: dense products take several at a time. */
const largestShare = 0.1
/** How many elements are looked at to guess the share. */
const lookedAt = 1024
/** Narrower matrices are multiplied in no time. */
const fewestColumns = 256

/** Whether an array is a wide float32 matrix that is mostly zero, to judge by some of its elements. */
export function isMostlyZero({ dtype, shape, data }: NDArray): boolean {
  if (dtype !== 'float32' || shape.length !== 2 || shape[1]! < fewestColumns) return false
  const size = sizeOf(shape)
  const step = Math.max(1, Math.floor(size / lookedAt))
  const most = largestShare * (size / step)
  let count = 0
  for (let i = 0; i < size; i += step) if (data[i] !== 0 && ++count > most) return false
  return size > 0
}

/**
 * Finds the elements of a matrix that are not zero.
 *
 * @param factor - of the same shape: the entries are multiplied by its elements
 */
export function sparse({ shape, data }: NDArray, factor?: NDArray): SparseMatrix {
  const [rows, columns] = shape as [number, number]
  // Compared by their bits, which are 0 for 0 alone, several at a time.
  const bits = new Int32Array(data.buffer, data.byteOffset, data.length)
  const offsets = new Int32Array(rows + 1)
  let indices = new Int32Array(columns + Math.ceil(data.length / 16))
  let count = 0
  for (let row = 0; row < rows; row++) {
    if (indices.length < count + columns) indices = longer(indices, columns)
    const start = row * columns
    const end = start + columns
    let at = start
    for (; at + 4 <= end; at += 4) {
      if ((bits[at]! | bits[at + 1]! | bits[at + 2]! | bits[at + 3]!) === 0) continue
      for (let i = at; i < at + 4; i++) if (bits[i] !== 0) indices[count++] = i - start
    }
    for (; at < end; at++) if (bits[at] !== 0) indices[count++] = at - start
    offsets[row + 1] = count
  }
  indices = indices.slice(0, count)
  const values = valuesAt(data as Float32Array, { columns, offsets, indices })
  if (factor !== undefined) {
    const factors = valuesAt(factor.data as Float32Array, { columns, offsets, indices })
    for (let entry = 0; entry < count; entry++) values[entry] = values[entry]! * factors[entry]!
  }
  return { columns, offsets, indices, values }
}

function longer(array: Int32Array, more: number): Int32Array<ArrayBuffer> {
  const copied = new Int32Array(2 * array.length + more)
  copied.set(array)
  return copied
}

/** The elements of a matrix at the places of entries. */
function valuesAt(
  data: Float32Array,
  { columns, offsets, indices }: Omit<SparseMatrix, 'values'>,
): Float32Array {
  const values = new Float32Array(indices.length)
  let start = 0
  for (let row = 0, entry = 0; row + 1 < offsets.length; row++, start += columns)
    for (const end = offsets[row + 1]!; entry < end; entry++)
      values[entry] = data[start + indices[entry]!]!
  return values
}

/** The matrix with rows and columns exchanged. */
export function transposed({ columns, offsets, indices, values }: SparseMatrix): SparseMatrix {
  const rows = offsets.length - 1
  const starts = new Int32Array(columns + 1)
  for (const column of indices) starts[column + 1]!++
  for (let column = 0; column < columns; column++) starts[column + 1]! += starts[column]!
  const next = starts.slice()
  const turned = {
    columns: rows,
    offsets: starts,
    indices: new Int32Array(indices.length),
    values: new Float32Array(indices.length),
  }
  for (let row = 0, entry = 0; row < rows; row++)
    for (const end = offsets[row + 1]!; entry < end; entry++) {
      const place = next[indices[entry]!]!++
      turned.indices[place] = row
      turned.values[place] = values[entry]!
    }
  return turned
}
