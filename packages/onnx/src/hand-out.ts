import { type Device, flatten, isNDArray, type NDArray, type Program } from '@deepstruct/tensor'
import { notATensor } from '@deepstruct/tensor/engine'
import { copy, type Held, hold } from './held.ts'

/** What came of a function. */
export interface Result {
  /** The leaves. */
  readonly results: readonly NDArray[]
  /** The result around them. */
  rebuild(leaves: readonly unknown[]): unknown
}

/**
 * Gives a result out: keys that are kept become handles, everything else is plain arrays of the caller's own.
 *
 * @param taken - arrays that belong to someone else already
 */
export function handOut(
  { keep, name }: Program,
  { results, rebuild }: Result,
  taken: readonly NDArray[],
  handle: (held: Held) => Device<never>,
): unknown {
  const given = new Set(taken)
  const own = (leaf: NDArray): NDArray => {
    if (given.has(leaf)) return copy(leaf)
    given.add(leaf)
    return leaf
  }
  if (keep.length === 0) return rebuild(results.map(own))
  const whole = rebuild(results) as Readonly<Record<string, unknown>>
  const kept = Object.fromEntries(
    keep.map((key) => {
      const part = flatten(whole[key], isNDArray, notATensor(name))
      // The caller may write into plain arrays, so what is kept shares none of them.
      for (const leaf of part.leaves) given.add(leaf)
      return [key, handle(hold(part))]
    }),
  )
  const others = Object.fromEntries(Object.entries(whole).filter(([key]) => !keep.includes(key)))
  const rest = flatten(others, isNDArray, notATensor(name))
  return { ...(rest.rebuild(rest.leaves.map(own)) as object), ...kept }
}
