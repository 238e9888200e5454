import { joinRows, type NDArray, takeRows } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import { type Compiled, type Computed, small } from '../compile.ts'
import type { Pool } from '../pool/pool.ts'
import { steady } from '../steady.ts'
import { feedsFor } from './feeds.ts'
import { type Range, type Rows, sharesOf } from './shares.ts'
import type { Site, SplitFunction } from './split-function.ts'

/** Above this cost a share would keep this thread from everything else for some milliseconds. */
export const large = 2e8

/**
 * Computes rows that do not depend on each other: small batches in this thread, others in shares. The choice depends on sizes alone, so that
 * results repeat.
 *
 * @param costPerRow - multiplications with additions
 */
export function splitRows(general: Compiled, costPerRow: number, site: Site): SplitFunction {
  const alone = async (
    compiled: Compiled,
    leaves: readonly NDArray[],
  ): Promise<readonly NDArray[]> =>
    compiled.results(leaves, await compiled.compute(leaves.map(site.local)))

  /** What a share's rows become, in a worker or here. */
  const share = async (
    compiled: Compiled,
    call: Arguments,
    { leaves }: Rows,
    range: Range,
    place: { readonly pool: Pool; readonly worker: number } | undefined,
  ): Promise<readonly NDArray[]> => {
    const shown = call.arrays.map((array, i) => (leaves.has(i) ? takeRows(array, ...range) : array))
    if (place === undefined || compiled.model === undefined) return alone(compiled, shown)
    const { pool, worker } = place
    const { feeds, moved } = feedsFor(place, compiled.model.inputs, call, { leaves, range })
    const graph = pool.graph(worker, compiled.model)
    const computed: Computed = await pool.run(worker, { graph, feeds }, moved)
    return compiled.results(shown, computed)
  }

  const compiledFor = steady(general)
  return {
    rebuild: general.rebuild,
    async run(call, rows) {
      const compiled = compiledFor(call)
      const cost = costPerRow * rows.count
      const { workers } = site
      // A small run is over before a worker would have been told of it.
      if (cost < small || (workers === 1 && cost < large))
        return { results: await alone(compiled, call.arrays), made: [] }
      const pool = await site.pool()
      const shares = sharesOf(rows.count, workers)
      // This thread computes too, while it would only wait.
      const here = cost / shares.length < large ? 0 : -1
      const parts = await Promise.all(
        shares.map((range, worker) =>
          share(compiled, call, rows, range, worker === here ? undefined : { pool, worker }),
        ),
      )
      return {
        results: joinRows(parts as [readonly NDArray[], ...(readonly NDArray[])[]]),
        made: [],
      }
    },
  }
}
