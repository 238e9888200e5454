import { takeRows } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import type { Model } from '../model.ts'
import type { Feed } from '../pool/messages.ts'
import type { Pool } from '../pool/pool.ts'
import { type Range, rowsCopied } from './shares.ts'

/** The rows that are meant. */
interface Share {
  /** The leaves that have rows. */
  readonly leaves: ReadonlySet<number>
  /** Which rows. */
  readonly range: Range
  /** Whether they stay in this thread, so that they need no memory of their own; default `false`. */
  readonly here?: boolean
}

/** Arguments of a graph for a worker, and the memory that goes along. */
export interface Feeds {
  readonly feeds: readonly Feed[]
  readonly moved: readonly ArrayBuffer[]
}

/**
 * Gives a worker the arguments of a graph: what the engine holds it keeps, of what has rows it gets a share, everything else as it is.
 *
 * @param inputs - the arguments that the graph needs
 * @param share - default all rows of everything
 */
export function feedsFor(
  { pool, worker }: { readonly pool: Pool; readonly worker: number },
  inputs: Model['inputs'],
  { arrays, held }: Pick<Arguments, 'arrays' | 'held'>,
  share?: Share,
): Feeds {
  const moved: ArrayBuffer[] = []
  const feeds = inputs.map(({ name, position }): Feed => {
    const array = arrays[position]!
    if (held[position] === true) return pool.heldFeed(worker, name, array)
    if (share?.leaves.has(position) !== true) return { name, array }
    if (share.here === true) return { name, array: takeRows(array, ...share.range) }
    const rows = rowsCopied(array, share.range)
    moved.push(rows.data.buffer as ArrayBuffer)
    return { name, array: rows }
  })
  return { feeds, moved }
}
