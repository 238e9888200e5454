// The papers' tables, each family with its defaults on the published split. Usage:
//
//   npm run reproduce -- [--table NAME …] [--seeds N] [--threads N] [--data-dir DIR]
//
// A table is a file in benchmarks/tables: the data, the models with what differs from their defaults, and what the papers say. Results
// are written to benchmarks/results/reproduction, which the guide's page shows. Trained models are kept in benchmarks/.reproduction: a run
// that was interrupted goes on with what is missing.
import { processIo, run } from '@deepstruct/cli'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { Writable } from 'node:stream'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import type { ReproducedRow, Reproduction, Table } from './reproduction.ts'
import { writeJson } from './speed/results.ts'

const tables = new URL('../tables/', import.meta.url)
const results = new URL('../results/reproduction/', import.meta.url)
const kept = new URL('../.reproduction/', import.meta.url)

const { values } = parseArgs({
  options: {
    table: { type: 'string', multiple: true },
    seeds: { type: 'string' },
    threads: { type: 'string' },
    'data-dir': { type: 'string' },
  },
})

const known: Readonly<Record<string, Table>> = Object.fromEntries(
  readdirSync(tables)
    .toSorted()
    .map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(new URL(file, tables), 'utf8')) as Table,
    ]),
)

for (const name of values.table ?? Object.keys(known)) {
  const table = chosen(known, '--table', name)
  const seeds = values.seeds === undefined ? table.seeds : Number(values.seeds)
  const began = new Date()
  const rows = await compared(name, table, seeds)
  if (rows === undefined) break
  const reproduction: Reproduction = {
    title: table.title,
    began: began.toISOString().slice(0, 10),
    machine: `${availableParallelism()} cores of ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, Node ${process.versions.node}`,
    metrics: Object.keys(table.metrics),
    rows: table.rows.map((row, i) => ({ ...row, ...figures(rows[i] ?? {}, table) })),
  }
  mkdirSync(results, { recursive: true })
  writeJson(new URL(`${name}.json`, results), reproduction)
}

/** The rows of `deepstruct compare`; none when it was interrupted. */
async function compared(
  name: string,
  table: Table,
  seeds: number,
): Promise<readonly Readonly<Record<string, unknown>>[] | undefined> {
  mkdirSync(kept, { recursive: true })
  const settings = new URL(`${name}.json`, kept)
  writeFileSync(
    settings,
    JSON.stringify(Object.fromEntries(table.rows.map((row) => [row.name, row.settings]))),
  )
  const parts: string[] = []
  const stdout = new Writable({
    decodeStrings: false,
    write(text: string, _encoding, done) {
      parts.push(text)
      done()
    },
  })
  const option = (flag: string, value: string | undefined): readonly string[] =>
    value === undefined ? [] : [flag, value]
  const code = await run(
    [
      'compare',
      '--task',
      table.task,
      '--data',
      table.data,
      '--seeds',
      String(seeds),
      '--config',
      writeConfig(name, table),
      '--settings',
      settings.pathname,
      '--out',
      new URL(name, kept).pathname,
      '--json',
      ...option('--threads', values.threads),
      ...option('--data-dir', values['data-dir']),
    ],
    { ...processIo(), stdout },
  )
  if (code === 130) return undefined
  if (parts.length === 0) throw new Error(`the table ${name} could not be compared`)
  return (JSON.parse(parts.join('')) as { rows: readonly Readonly<Record<string, unknown>>[] }).rows
}

/** The names of the models, which may hold commas, as a configuration file. */
function writeConfig(name: string, { rows }: Table): string {
  const config = new URL(`${name}.config.json`, kept)
  writeFileSync(config, JSON.stringify({ models: rows.map((row) => row.name) }))
  return config.pathname
}

/** What of a row of the comparison stands in the table. */
function figures(
  row: Readonly<Record<string, unknown>>,
  { metrics }: Table,
): Omit<ReproducedRow, 'name' | 'settings' | 'paper'> {
  const at = (path: string): unknown =>
    // The names of some metrics have a point in them: `f1.at0.5`.
    path
      .split(/\.(?=\D)/)
      .reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>>)?.[key], row)
  const optional = ['error', 'trainSeconds', 'examplesPerSecond'].flatMap((key) =>
    row[key] === undefined ? [] : [[key, row[key]] as const],
  )
  return {
    seeds: Number(row['seeds'] ?? 0),
    ours: Object.values(metrics).map((path) => at(path) ?? null) as ReproducedRow['ours'],
    ...Object.fromEntries(optional),
  }
}
