import type { Host } from '@deepstruct/tensor'
import type { Dataset, Labeled } from '@deepstruct/training'

/** More rows than data sets have: solvers on the host see all examples at each step. */
export const ALL_ROWS: number = 1 << 30

/** All examples, in their order. */
export function wholeSet(data: Dataset<Host<Labeled>>): Host<Labeled> {
  return data.batch(Int32Array.from({ length: data.size }, (_, row) => row))
}
