import { type NDArray, ndarray, takeRows } from '@deepstruct/tensor'

/** One example of a batch, without the axis of the batch. */
export function rowOf(batch: NDArray, row: number): NDArray {
  const { data, shape, dtype } = takeRows(batch, row, row + 1)
  return ndarray(data, shape.slice(1), dtype)
}
