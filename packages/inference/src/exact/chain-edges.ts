import type { NDArray } from '@deepstruct/tensor'

/** The edges $(t, t + 1)$ of a chain of this many variables, for {@link Potentials}: int32 `[length - 1, 2]`. */
export function chainEdges(length: number): NDArray {
  const edges = Math.max(0, length - 1)
  const data = Int32Array.from({ length: 2 * edges }, (_, i) => (i + 1) >> 1)
  return { shape: [edges, 2], dtype: 'int32', data }
}
