import { table } from '../output/table.ts'
import type { Column } from '../tasks/task.ts'
import type { Compared } from './compare-models.ts'
import { type Spread, spreadOf, spreadOfFacts } from './spread.ts'

/** The row of a model in the JSON of a comparison. */
export type Row = Readonly<Record<string, unknown>>

/** The row of a model: every metric with its mean and standard deviation over the runs, and what failed. */
export function rowOf({ name, family, runs, failures }: Compared): Row {
  return {
    name,
    family,
    seeds: runs.length,
    ...(runs.length === 0
      ? {}
      : {
          ...spreadOfFacts(runs.map(({ report }) => report.facts)),
          trainSeconds: spreadOf(runs.map(({ trainSeconds }) => trainSeconds)),
        }),
    ...(failures.length === 0 ? {} : { error: failures[0]?.error, failures }),
  }
}

/** A column of the table of a comparison. */
export interface ComparedColumn {
  /** Its title. */
  readonly title: string
  /** How values are written. */
  readonly write: (value: number) => string
  /** The value of each model that has runs, by name. */
  readonly values: ReadonlyMap<string, Spread>
}

/** The columns of metrics of a comparison, and the seconds of training. */
export function columnsOfAll(all: readonly Compared[]): readonly ComparedColumn[] {
  const done = all.filter(({ runs }) => runs.length > 0)
  const columns: readonly Column[] = done[0]?.runs[0]?.report.columns ?? []
  return [
    ...columns.map(([title, , write], i) => ({
      title,
      write,
      values: new Map(
        done.map(({ name, runs }) => [
          name,
          spreadOf(runs.map(({ report }) => (report.columns[i] as Column)[1])),
        ]),
      ),
    })),
    {
      title: 'training s',
      write: (value: number) => value.toFixed(1),
      values: new Map(
        done.map(({ name, runs }) => [name, spreadOf(runs.map((run) => run.trainSeconds))]),
      ),
    },
  ]
}

/** The cells of a comparison: a header, and a row for each model. */
export function cellsOf(all: readonly Compared[]): {
  readonly header: readonly string[]
  readonly rows: readonly (readonly string[])[]
} {
  const columns = columnsOfAll(all)
  return {
    header: ['', ...columns.map(({ title }) => title), 'runs'],
    rows: all.map(({ name, runs }) => [
      name,
      ...columns.map(({ values, write }) => written(values.get(name), write)),
      String(runs.length),
    ]),
  }
}

/** What did not come to a result, a line for each. */
export function failureLines(all: readonly Compared[]): readonly string[] {
  return all.flatMap(({ name, failures }) =>
    failures.map(
      ({ seed, error }) => `${name}${seed === undefined ? '' : `, seed ${seed}`}: ${error}`,
    ),
  )
}

/** A comparison as text for people. */
export function comparisonTable(all: readonly Compared[]): string {
  const { header, rows } = cellsOf(all)
  return [table(header, rows), ...failureLines(all).map((line) => `${line}\n`)].join('')
}

function written(spread: Spread | undefined, write: (value: number) => string): string {
  if (spread === undefined) return '–'
  return spread.std === 0 ? write(spread.mean) : `${write(spread.mean)} ± ${write(spread.std)}`
}
