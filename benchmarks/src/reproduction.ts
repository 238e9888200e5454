/** A table to reproduce, as a file says it. */
export interface Table {
  /** Its title. */
  readonly title: string
  /** What is predicted. */
  readonly task: string
  /** The name of the published data. */
  readonly data: string
  /** Runs of each model. */
  readonly seeds: number
  /** Where each metric is in the rows of `deepstruct compare`, by title. */
  readonly metrics: Readonly<Record<string, string>>
  /** The models. */
  readonly rows: readonly TableRow[]
}

/** A model of a table. */
interface TableRow {
  /** Its name. */
  readonly name: string
  /** What differs from the defaults of its family; `model` names the family where the name does not. */
  readonly settings: Readonly<Record<string, unknown>>
  /** What a paper says. */
  readonly paper?: { readonly figures: string; readonly source: string }
}

interface Spread {
  readonly mean: number
  readonly std: number
}

/** A model of a table with what it came to here. */
export interface ReproducedRow extends TableRow {
  /** Finished runs. */
  readonly seeds: number
  /** The metrics, in their order, as fractions; null where there is none. */
  readonly ours: readonly (Spread | null)[]
  /** Seconds of training. */
  readonly trainSeconds?: Spread
  /** Test examples predicted in a second. */
  readonly examplesPerSecond?: Spread
  /** Why there is no result. */
  readonly error?: string
}

/** A reproduced table. */
export interface Reproduction {
  /** Its title. */
  readonly title: string
  /** The day. */
  readonly began: string
  /** What computed. */
  readonly machine: string
  /** The titles of the metrics. */
  readonly metrics: readonly string[]
  /** The models. */
  readonly rows: readonly ReproducedRow[]
}
