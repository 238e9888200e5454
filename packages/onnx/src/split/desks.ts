import type { NDArray } from '@deepstruct/tensor'
import type { SharedMemory } from '../pool/shared-memory.ts'
import type { Place, UpdatePlan } from './update-plan.ts'

/** Where the workers have their own numbers for a step, in shared memory. */
export interface Desks {
  /** Where the pointers of a worker's kernels begin. */
  tableOf(worker: number): number
  /** The byte address of a place, as a worker sees it; arguments and results are elsewhere. */
  addressOf(place: Extract<Place, { kind: 'slot' | 'sum' }>, worker: number): number
  /** The number in a slot of a worker. */
  slot(worker: number, slot: number): number
  /** Frees the memory. */
  free(): void
}

/** The distance between slots in floats, so that each begins where vectors may. */
const slotFloats = 4

/**
 * Makes room for the workers.
 *
 * @param whole - the sums that stand on the first desk only
 */
export function desksFor(
  { stages, slots, sums }: UpdatePlan,
  shared: SharedMemory,
  workers: number,
  whole: ReadonlySet<number>,
): Desks {
  const pointers = stages.flat().reduce((count, { places }) => count + places.length, 0)
  const arrays: NDArray[] = []
  const room = (elements: number): NDArray => {
    const array = shared.array([elements])
    shared.retain([array])
    arrays.push(array)
    return array
  }
  const furnished = () =>
    Array.from({ length: workers }, (_, worker) => ({
      // A pointer is as long as a float.
      table: room(pointers),
      slots: room(slotFloats * slots),
      sums: sums.map((elements, sum) => room(worker > 0 && whole.has(sum) ? 0 : elements)),
    }))
  let desks: ReturnType<typeof furnished>
  try {
    desks = furnished()
  } catch (error) {
    shared.release(arrays)
    throw error
  }
  const start = (array: NDArray): number => shared.addressOf(array)!
  return {
    tableOf: (worker) => start(desks[worker]!.table),
    addressOf(place, worker) {
      if (place.kind === 'slot')
        return (
          start(desks[worker]!.slots) + Float32Array.BYTES_PER_ELEMENT * slotFloats * place.slot
        )
      return start(desks[place.worker === 'own' ? worker : place.worker]!.sums[place.sum]!)
    },
    slot: (worker, slot) => desks[worker]!.slots.data[slotFloats * slot]!,
    free() {
      shared.release(arrays)
    },
  }
}
