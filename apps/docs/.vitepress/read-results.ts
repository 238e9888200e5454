import { existsSync, readFileSync } from 'node:fs'

const results = new URL('../../../benchmarks/results/', import.meta.url)

/** What a benchmark has left in a file; `undefined` where it was not run. */
// The type of what is in a file is known to its reader alone.
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters
export function readResults<T>(name: string): T | undefined {
  const file = new URL(name, results)
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as T) : undefined
}

/** The results of a study, which keeps each under the description of its run. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
export function readRuns<T>(name: string): readonly T[] {
  return Object.values(readResults<Readonly<Record<string, T>>>(name) ?? {})
}
