import { spread } from '../../../benchmarks/src/spread.ts'
import type { TaggingSpeed, TrainedTagger } from '../../../benchmarks/src/tagging.ts'
import { readRuns } from '../.vitepress/read-results.ts'

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

// The form that VitePress asks for.
// oxlint-disable-next-line import/no-default-export
export default {
  load(): readonly TaggingRow[] {
    const kept = readRuns<TrainedTagger | TaggingSpeed>('tagging.json')
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
