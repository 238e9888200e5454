import type { NDArray } from '@deepstruct/tensor'
import type { SharedMemory } from '../pool/shared-memory.ts'
import type { SparseMatrix } from './sparse-matrix.ts'

/** Copies whole numbers or floats to shared memory, which nobody holds yet. */
export function shareWords(shared: SharedMemory, words: Int32Array | Float32Array): NDArray {
  const block = shared.array([words.length])
  writeWords(block, words)
  return block
}

/** Copies whole numbers or floats to where an array lies. */
export function writeWords({ data }: NDArray, words: Int32Array | Float32Array): void {
  const place =
    words instanceof Int32Array
      ? new Int32Array(data.buffer, data.byteOffset, words.length)
      : (data as Float32Array)
  place.set(words)
}

/** A sparse matrix in the form that the kernel reads: places count in bytes. */
export function kernelOperands(
  { offsets, indices, values }: SparseMatrix,
  columns: number,
): readonly [offsets: Int32Array, addresses: Int32Array, values: Float32Array] {
  return [
    multiples(offsets, Float32Array.BYTES_PER_ELEMENT),
    multiples(indices, columns * Float32Array.BYTES_PER_ELEMENT),
    values,
  ]
}

function multiples(numbers: Int32Array, factor: number): Int32Array {
  const products = new Int32Array(numbers.length)
  for (let i = 0; i < numbers.length; i++) products[i] = factor * numbers[i]!
  return products
}
