import { mkdirSync, renameSync, writeFileSync } from 'node:fs'

/** The folder of results. */
const resultsFolder: URL = new URL('../../results/', import.meta.url)

/** Writes a results file, whole or not at all. */
export function writeResults(name: string, content: unknown, folder: URL = resultsFolder): void {
  mkdirSync(folder, { recursive: true })
  const part = new URL(`${name}.part`, folder)
  writeFileSync(part, `${JSON.stringify(content, undefined, 2)}\n`)
  renameSync(part, new URL(name, folder))
}
