import type { TypedArray } from '@deepstruct/tensor'

/** What the overlap of two empty sets counts as. */
export interface EmptyValue {
  /**
   * The F1 or IoU of an empty prediction against an empty truth. Default 1, a perfect match; many tools say 0, which
   * moves a mean by the share of such rows, so state it beside every number that you compare.
   */
  readonly emptyValue?: 0 | 1
}

/** How a set of predicted cells and a set of true cells meet. */
export interface Overlap {
  /** Cells that are in both sets. */
  readonly hits: number
  /** Size of the predicted set. */
  readonly predicted: number
  /** Size of the true set. */
  readonly actual: number
}

/** Counts the cells `start, start + stride, …`, `count` of them: a row, a column or the whole array. */
export function overlap(
  predicted: TypedArray,
  labels: TypedArray,
  { start, stride, count }: { start: number; stride: number; count: number },
): Overlap {
  let hits = 0
  let predictedSize = 0
  let actual = 0
  for (let step = 0, cell = start; step < count; step++, cell += stride) {
    const guess = predicted[cell] ?? 0
    const truth = labels[cell] ?? 0
    hits += guess * truth
    predictedSize += guess
    actual += truth
  }
  return { hits, predicted: predictedSize, actual }
}

/** $2|A \cap B| / (|A| + |B|)$. */
export function f1Of({ hits, predicted, actual }: Overlap, emptyValue: number): number {
  const sizes = predicted + actual
  return sizes === 0 ? emptyValue : (2 * hits) / sizes
}

/** $|A \cap B| / |A \cup B|$. */
export function iouOf({ hits, predicted, actual }: Overlap, emptyValue: number): number {
  const union = predicted + actual - hits
  return union === 0 ? emptyValue : hits / union
}

/** The mean of `value(i)` over `i = 0 … count − 1`. */
export function meanOver(count: number, value: (index: number) => number): number {
  let total = 0
  for (let index = 0; index < count; index++) total += value(index)
  return total / count
}
