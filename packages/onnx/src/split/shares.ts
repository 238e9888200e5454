import { type NDArray, takeRows } from '@deepstruct/tensor'
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
  // The graph asks one for the number of rows, which is handed over for that if for nothing else: the smallest that has elements.
  const sizes = new Map(leaves.map((i) => [i, arrays[i]!.data.length || Infinity]))
  const smallest = leaves.reduce((a, b) => (sizes.get(b)! < sizes.get(a)! ? b : a))
  const shapes = arrays.map(({ shape }, i) =>
    withRows.has(i) ? (['batch', ...shape.slice(1)] as const) : shape,
  )
  return { count, leaves: withRows, pattern: { shapes, place: { input: smallest, axis: 0 } } }
}

/** Some rows of an array, in memory of their own. */
export function rowsCopied(array: NDArray, range: Range): NDArray {
  return copy(takeRows(array, ...range))
}
