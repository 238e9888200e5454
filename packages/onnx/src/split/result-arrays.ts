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
  plan: UpdatePlan,
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
  return resultsIn(plan, current, (i) => {
    const { shape, over } = plan.results[i] as Computed
    const free = over.find((position) => {
      const array = current[position]!
      return (
        !taken.has(position) &&
        array.data.length === sizeOf(shape) &&
        shared.holders(array) <= 1 &&
        counts.get(shared.addressOf(array)) === 1
      )
    })
    if (free !== undefined) taken.add(free)
    const array = free === undefined ? shared.array(shape) : { ...current[free]!, shape }
    made.push(array)
    return array
  })
}

/** Where a step found its arguments, and put its results. */
export interface Placement {
  /** The elements of the arguments that were given up. */
  readonly given: readonly (NDArray['data'] | undefined)[]
  /** For each result, the argument that it took the place of; -1 for none. */
  readonly sources: readonly number[]
}

/** The results of a step that finds everything where it was, and puts everything where it was; nothing where it cannot. */
export function sameArrays(
  plan: UpdatePlan,
  { given, sources }: Placement,
  current: readonly NDArray[],
  shared: SharedMemory,
): readonly NDArray[] | undefined {
  for (const [i, data] of given.entries())
    if (data !== undefined && current[i]!.data !== data) return undefined
  const inPlace = plan.results.every(
    ({ kind }, i) =>
      kind !== 'array' || (sources[i]! >= 0 && shared.holders(current[sources[i]!]!) <= 1),
  )
  if (!inPlace) return undefined
  return resultsIn(plan, current, (i) => ({
    ...current[sources[i]!]!,
    shape: (plan.results[i] as Computed).shape,
  }))
}

type Computed = Extract<UpdatePlan['results'][number], { readonly kind: 'array' }>

/** The results, with these arrays for those that kernels compute. */
function resultsIn(
  { results }: UpdatePlan,
  current: readonly NDArray[],
  arrayOf: (result: number) => NDArray,
): readonly NDArray[] {
  return results.map((result, i) => {
    switch (result.kind) {
      case 'argument':
        return current[result.argument]!
      case 'constant':
        // It is handed out again at the next step.
        return copy(result.array)
      case 'slot':
        return { shape: result.shape, dtype: 'float32', data: noData }
      case 'array':
        return arrayOf(i)
    }
  })
}

/** What stands for a number that is not known yet. */
const noData = new Float32Array(0)
