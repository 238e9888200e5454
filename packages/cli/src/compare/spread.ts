/** A metric over several runs. */
export interface Spread {
  /** The mean. */
  readonly mean: number
  /** The sample standard deviation; 0 for one run. */
  readonly std: number
}

/** Plain data with a {@link Spread} in the place of each number. */
export interface Spreads {
  readonly [name: string]: Spread | Spreads
}

/** The mean and the standard deviation of one or more values. */
export function spreadOf(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, std: values.length === 1 ? 0 : Math.sqrt(squares / (values.length - 1)) }
}

/**
 * The facts of several runs as one: each number with its spread. What is no number in every run, a list for instance, is left out.
 *
 * @param runs - facts of the same metrics
 */
export function spreadOfFacts(runs: readonly Readonly<Record<string, unknown>>[]): Spreads {
  const [first = {}] = runs
  return Object.fromEntries(
    Object.keys(first).flatMap((name): [string, Spread | Spreads][] => {
      const values = runs.map((facts) => facts[name])
      if (values.every((value) => typeof value === 'number')) return [[name, spreadOf(values)]]
      return values.every(isRecord) ? [[name, spreadOfFacts(values)]] : []
    }),
  )
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
