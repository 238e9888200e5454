import { type NDArray, sizeOf } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import { copy } from '../held.ts'
import type { Pattern } from '../polymorphic/pattern.ts'

/** Rows from one to before another. */
export type Range = readonly [begin: number, end: number]

/** Cuts a range of elements into parts of about the same size, which begin at multiples of `step`; some may be empty. */
export function partsOf(elements: number, parts: number, step = 1): readonly Range[] {
  const cut = (part: number): number =>
    part === parts ? elements : Math.floor((elements * part) / parts / step) * step
  return Array.from({ length: parts }, (_, part) => [cut(part), cut(part + 1)])
}

/** Shares of a batch: as many as there are workers, but each of two rows at least, because single rows are compiled apart. */
export function sharesOf(rows: number, workers: number): readonly Range[] {
  return partsOf(rows, Math.max(1, Math.min(workers, Math.floor(rows / 2))))
}

/** The leaves of a call that have rows, and how many. Nothing where they do not agree, or are fewer than two. */
export interface Rows {
  /** How many rows. */
  readonly count: number
  /** The leaves. */
  readonly leaves: ReadonlySet<number>
  /** The extents of all leaves, with those of rows open. */
  readonly pattern: Pattern
}

/** Finds the rows of a call. */
export function rowsOf(
  { arrays, positions, held }: Arguments,
  split: readonly number[],
): Rows | undefined {
  const leaves = [...arrays.keys()].filter(
    (i) => split.includes(positions[i]!) && arrays[i]!.shape.length > 0,
  )
  const [first] = leaves
  if (first === undefined || leaves.some((i) => held[i])) return undefined
  const count = arrays[first]!.shape[0]!
  if (count < 2 || leaves.some((i) => arrays[i]!.shape[0] !== count)) return undefined
  const withRows = new Set(leaves)
  const shapes = arrays.map(({ shape }, i) =>
    withRows.has(i) ? (['batch', ...shape.slice(1)] as const) : shape,
  )
  return { count, leaves: withRows, pattern: { shapes, place: { input: first, axis: 0 } } }
}

/** Some rows of an array, in memory of their own. */
export function rowsCopied(array: NDArray, range: Range): NDArray {
  return copy(rowsViewed(array, range))
}

/** Some rows of an array, in its own memory. */
export function rowsViewed({ shape, dtype, data }: NDArray, [begin, end]: Range): NDArray {
  const row = shape.slice(1)
  const width = sizeOf(row)
  return { dtype, shape: [end - begin, ...row], data: data.subarray(begin * width, end * width) }
}

/** Arrays of rows one after the other. */
export function rowsJoined(parts: readonly NDArray[]): NDArray {
  const [first] = parts as readonly [NDArray]
  if (parts.length === 1) return first
  const rows = parts.reduce((sum, { shape }) => sum + shape[0]!, 0)
  const elements = parts.reduce((sum, { data }) => sum + data.length, 0)
  const joined = new (first.data.constructor as Float32ArrayConstructor)(elements)
  let at = 0
  for (const { data } of parts) {
    joined.set(data, at)
    at += data.length
  }
  return { shape: [rows, ...first.shape.slice(1)], dtype: first.dtype, data: joined }
}
