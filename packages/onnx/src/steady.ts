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
  let before: readonly (WeakRef<NDArray> | undefined)[] = []
  let calls = 0
  let prepared: Compiled | undefined
  return ({ arrays, held }) => {
    const stayed = (array: WeakRef<NDArray> | undefined, i: number): boolean =>
      held[i] === true ? array?.deref() === arrays[i] : array === undefined
    if (before.length !== arrays.length || !before.every(stayed)) {
      before = arrays.map((array, i) => (held[i] === true ? new WeakRef(array) : undefined))
      calls = 0
      prepared = undefined
      return compiled
    }
    calls++
    if (calls === callsBefore && held.includes(true)) {
      const constants = new Map([...arrays.entries()].filter(([i]) => held[i]))
      const bytes = [...constants.values()].reduce((sum, { data }) => sum + data.byteLength, 0)
      if (bytes <= mostBytes) prepared = compiled.withConstants(constants)
    }
    return prepared ?? compiled
  }
}
