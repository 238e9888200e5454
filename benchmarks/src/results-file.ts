import { existsSync, readFileSync } from 'node:fs'
import { writeJson } from './speed/results.ts'

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
      writeJson(path, results)
      return result
    },
  }
}
