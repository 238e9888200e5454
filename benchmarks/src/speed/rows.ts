/** What was measured of one computation on one engine. */
export interface Row {
  /** The computation. */
  readonly case: string
  /** Who computed. */
  readonly engine: string
  /** Rows of a batch. */
  readonly batch: number
  /** The shortest call. */
  readonly minMs: number
  /** The median of all calls of all rounds. */
  readonly medianMs: number
  /** The number of calls that were measured. */
  readonly calls: number
  /** The first call, with compilation and everything that happens once. */
  readonly firstMs: number
  /** Tracing and preparation of the graph, where an engine of ours says so. */
  readonly compileMs?: number
  /** The largest difference from the results of the first engine, relative to the largest result if that is above 1; `null` where random numbers differ. */
  readonly maxDifference: number | null
}

/** One computation on one engine, over all rounds. */
export interface Measurement extends Omit<Row, 'minMs' | 'medianMs' | 'calls'> {
  /** The milliseconds of each call. */
  readonly times: readonly number[]
}

/** The row of a measurement. */
export function rowOf({ times, ...rest }: Measurement): Row {
  return {
    ...rest,
    minMs: rounded(Math.min(...times)),
    medianMs: rounded(median(times)),
    calls: times.length,
    firstMs: rounded(rest.firstMs),
  }
}

/** The middle number, or the mean of the middle two. */
export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  const upper = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[upper] ?? Number.NaN)
    : ((sorted[upper - 1] ?? Number.NaN) + (sorted[upper] ?? Number.NaN)) / 2
}

/** The largest difference of two results, relative to the largest number of the second if that is above 1. */
export function difference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity
  let largest = 0
  let scale = 1
  for (let i = 0; i < a.length; i++) {
    const apart = Math.abs((a[i] as number) - (b[i] as number))
    // A result that is no number agrees with nothing.
    largest = Number.isNaN(apart) ? Infinity : Math.max(largest, apart)
    scale = Math.max(scale, Math.abs(b[i] as number))
  }
  return largest / scale
}

/** The slope of the line of least squares through points. */
export function slope(points: readonly (readonly [x: number, y: number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number): number =>
    points.reduce((total, point) => total + of(point), 0) / points.length
  const [x, y] = [mean(([a]) => a), mean(([, b]) => b)]
  return mean(([a, b]) => (a - x) * (b - y)) / mean(([a]) => (a - x) ** 2)
}

/** To four digits, as much as a clock is good for. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4))
}
