import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'

/** Results by the description of their run, kept in a JSON file, so that an interrupted study goes on where it stopped. */
export interface ResultsFile<R> {
  /** The result of a run, computed only when it is not there yet. */
  once(description: string, compute: () => Promise<R>): Promise<R>
}

/** Opens a results file. */
export function resultsFile<R>(path: URL): ResultsFile<R> {
  const results: Record<string, R> = existsSync(path)
    ? (JSON.parse(readFileSync(path, 'utf8')) as Record<string, R>)
    : {}
  return {
    async once(description, compute) {
      const known = results[description]
      if (known !== undefined) return known
      const result = await compute()
      results[description] = result
      mkdirSync(new URL('.', path), { recursive: true })
      const part = new URL(`${path.href}.part`)
      writeFileSync(part, `${JSON.stringify(results, undefined, 2)}\n`)
      renameSync(part, path)
      return result
    },
  }
}
