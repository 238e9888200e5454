import { existsSync, readFileSync } from 'node:fs'
import { spread } from '../../../benchmarks/src/spread.ts'
import type { TaggingSpeed, TrainedTagger } from '../../../benchmarks/src/tagging.ts'

/** A row of the table: mean ± standard deviation over seeds. */
export interface TaggingRow {
  readonly set: string
  readonly sentences: number
  readonly model: string
  readonly inference: string
  readonly seeds: string
  readonly accuracy: string
}

declare const data: readonly TaggingRow[]
export { data }

const file = new URL('../../../benchmarks/results/tagging.json', import.meta.url)

// The form that VitePress asks for.
// oxlint-disable-next-line import/no-default-export
export default {
  load(): readonly TaggingRow[] {
    if (!existsSync(file)) return []
    const kept = Object.values(
      JSON.parse(readFileSync(file, 'utf8')) as Readonly<
        Record<string, TrainedTagger | TaggingSpeed>
      >,
    )
    const runs = kept.filter((each) => 'test' in each)
    const groups = new Map<string, TrainedTagger[]>()
    for (const run of runs) {
      const key = `${run.set}\n${run.model}`
      groups.set(key, [...(groups.get(key) ?? []), run])
    }
    return [...groups.values()].flatMap((group) =>
      Object.keys(group[0].test).map((inference) => ({
        set: group[0].set,
        sentences: group[0].trainingSentences,
        model: group[0].model,
        inference,
        seeds: group
          .map(({ seed }) => seed)
          .toSorted((a, b) => a - b)
          .join(', '),
        accuracy: spread(group.map(({ test }) => test[inference])),
      })),
    )
  },
}
