import type { NDArray } from '@deepstruct/tensor'
import type { Arguments } from './arguments.ts'
import type { Compiled } from './compile.ts'

/** After as many calls with the same held arrays they are taken for constants; preparing a graph takes as long as what some calls save. */
const callsBefore = 64
/** Constants are copied into the graph, so they must not be many, in bytes. */
const mostBytes = 2 ** 26

/**
 * Takes arrays that the engine holds for constants once they have been the same in many calls, as the parameters of a trained model are: the
 * runtime then packs matrices for the processor beforehand, and computes what depends on them alone.
 */
export function steady(compiled: Compiled): (call: Arguments) => Compiled {
  let before: readonly WeakRef<NDArray>[] = []
  let calls = 0
  let prepared: Compiled | undefined
  return ({ arrays, held }) => {
    const positions = [...arrays.keys()].filter((i) => held[i])
    const same =
      positions.length > 0 &&
      positions.length === before.length &&
      positions.every((position, i) => before[i]!.deref() === arrays[position])
    if (!same) {
      before = positions.map((position) => new WeakRef(arrays[position]!))
      calls = 0
      prepared = undefined
      return compiled
    }
    calls++
    if (calls === callsBefore) {
      const constants = new Map(positions.map((position) => [position, arrays[position]!]))
      const bytes = [...constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
      if (bytes <= mostBytes) prepared = compiled.withConstants(constants)
    }
    return prepared ?? compiled
  }
}
