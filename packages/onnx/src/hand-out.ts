import { type Device, flatten, isNDArray, type NDArray, type Program } from '@deepstruct/tensor'
import { notATensor } from '@deepstruct/tensor/engine'
import { copy, type Held, hold } from './held.ts'

/**
 * Gives a result out: keys that are kept become handles, everything else is plain arrays of the caller's own.
 *
 * @param shared - arrays that belong to someone else already
 */
export function handOut(
  { keep, name }: Program,
  result: unknown,
  shared: ReadonlySet<NDArray>,
  handle: (held: Held) => Device<never>,
): unknown {
  const given = new Set(shared)
  const kept = Object.fromEntries(
    keep.map((key) => {
      const part = flatten((result as Record<string, unknown>)[key], isNDArray, notATensor(name))
      // The caller may write into plain arrays, so what is kept shares none of them.
      for (const leaf of part.leaves) given.add(leaf)
      return [key, handle(hold(part))]
    }),
  )
  const rest =
    keep.length === 0
      ? result
      : Object.fromEntries(Object.entries(result as object).filter(([key]) => !keep.includes(key)))
  const { leaves, rebuild } = flatten(rest, isNDArray, notATensor(name))
  const own = leaves.map((leaf) => {
    if (given.has(leaf)) return copy(leaf)
    given.add(leaf)
    return leaf
  })
  const host = rebuild(own)
  return keep.length === 0 ? host : { ...(host as object), ...kept }
}
