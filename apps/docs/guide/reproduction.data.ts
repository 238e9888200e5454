import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Reproduction } from '../../../benchmarks/src/reproduction.ts'

declare const data: readonly Reproduction[]
export { data }

const results = new URL('../../../benchmarks/results/reproduction/', import.meta.url)

// The form that VitePress asks for.
// oxlint-disable-next-line import/no-default-export
export default {
  load(): readonly Reproduction[] {
    if (!existsSync(results)) return []
    return readdirSync(results)
      .toSorted()
      .map((file) => JSON.parse(readFileSync(new URL(file, results), 'utf8')) as Reproduction)
  },
}
