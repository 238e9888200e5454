import type { TypedArray } from '@deepstruct/tensor'

/** How many of the cells `from … to − 1` differ. */
export function countWrong(
  predicted: TypedArray,
  labels: TypedArray,
  from: number,
  to: number,
): number {
  let wrong = 0
  for (let cell = from; cell < to; cell++) if (predicted[cell] !== labels[cell]) wrong++
  return wrong
}
