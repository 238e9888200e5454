import type { NDArray } from '@deepstruct/tensor'

/** The cells of a matrix, as positions in its storage, from the highest score to the lowest. */
export function cellsByFallingScore({ data }: NDArray): Uint32Array {
  const cells = Uint32Array.from(data.keys())
  cells.sort((a, b) => (data[b] ?? 0) - (data[a] ?? 0))
  return cells
}
