import { type NDArray, sizeOf } from '@deepstruct/tensor'
import { copy } from '../held.ts'
import type { SharedMemory } from '../pool/shared-memory.ts'
import type { UpdatePlan } from './update-plan.ts'

/**
 * Arrays for the results of a step: in the place of arguments that are given up and that nobody else holds, else new ones.
 *
 * @param current - the arguments
 * @param made - takes the arrays that the step makes
 */
export function resultArrays(
  { results }: UpdatePlan,
  current: readonly NDArray[],
  shared: SharedMemory,
  made: NDArray[],
): readonly NDArray[] {
  const counts = new Map<number | undefined, number>()
  for (const array of current) {
    const address = shared.addressOf(array)
    counts.set(address, (counts.get(address) ?? 0) + 1)
  }
  const taken = new Set<number>()
  return results.map((result): NDArray => {
    if (result.kind === 'argument') return current[result.argument]!
    if (result.kind === 'constant') return copy(result.array)
    if (result.kind === 'slot') return { shape: result.shape, dtype: 'float32', data: noData }
    const free = result.over.find((i) => {
      const array = current[i]!
      return (
        !taken.has(i) &&
        array.data.length === sizeOf(result.shape) &&
        shared.holders(array) <= 1 &&
        counts.get(shared.addressOf(array)) === 1
      )
    })
    const array =
      free === undefined
        ? shared.array(result.shape)
        : { ...shared.renamed(current[free]!), shape: result.shape }
    if (free !== undefined) taken.add(free)
    made.push(array)
    return array
  })
}

/** What stands for elements that are not known yet. */
export const noData: Float32Array = new Float32Array(0)
