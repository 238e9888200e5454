import { mkdirSync, renameSync, writeFileSync } from 'node:fs'

/** The folder of results. */
const resultsFolder: URL = new URL('../../results/', import.meta.url)

/** Writes a results file, whole or not at all. */
export function writeResults(name: string, content: unknown, folder: URL = resultsFolder): void {
  writeJson(new URL(name, folder), content)
}

/** Writes a JSON file, whole or not at all. */
export function writeJson(path: URL, content: unknown): void {
  mkdirSync(new URL('.', path), { recursive: true })
  const part = new URL(`${path.href}.part`)
  writeFileSync(part, `${JSON.stringify(content, undefined, 2)}\n`)
  renameSync(part, path)
}
