import type { NDArray } from '@deepstruct/tensor'
import type { ModelInParts } from '../graph/encode.ts'
import { copy } from '../held.ts'
import type { Feed, ForgetTask, Task } from './messages.ts'
import type { SharedMemory } from './shared-memory.ts'

/** What each worker has been told, so that it is told once, and again to forget what nobody here has any more. */
export interface Knowledge {
  /** The number under which a worker knows a graph, which it is sent at first. */
  graph(worker: number, model: ModelInParts): number
  /** An array as an argument for a worker that keeps it until it is forgotten. */
  heldFeed(worker: number, name: string, array: NDArray): Feed
  /** Lets the workers drop arrays. */
  forget(arrays: readonly NDArray[]): void
  /** Lets the workers drop a step when this object is gone. */
  registerPlan(plan: { readonly plan: number }): void
}

/**
 * Nothing is known yet.
 *
 * @param workers - how many there are
 * @param tell - gives a worker a task
 * @param listens - whether a worker is there to be told to forget
 */
export function knowledge(
  workers: number,
  shared: SharedMemory,
  tell: (worker: number, task: Task) => void,
  listens: (worker: number) => boolean,
): Knowledge {
  const everybody = Array.from({ length: workers }, (_, worker) => worker)
  let graphs = 0
  let arrays = 0

  const drop = (worker: number, what: Partial<ForgetTask>): void => {
    if (listens(worker)) tell(worker, { kind: 'forget', held: [], graphs: [], plans: [], ...what })
  }
  const knownGraphs = everybody.map(() => new WeakMap<ModelInParts, number>())
  const unusedGraphs = new FinalizationRegistry<readonly [worker: number, graph: number]>(
    ([worker, graph]) => drop(worker, { graphs: [graph] }),
  )
  const unusedPlans = new FinalizationRegistry<number>((plan) => {
    for (const worker of everybody) drop(worker, { plans: [plan] })
  })
  const knownArrays = new WeakMap<NDArray, { readonly number: number; readonly at: Set<number> }>()
  const unusedArrays = new FinalizationRegistry<number>((held) => {
    for (const worker of everybody) drop(worker, { held: [held] })
  })

  return {
    graph(worker, model) {
      let graph = knownGraphs[worker]!.get(model)
      if (graph === undefined) {
        knownGraphs[worker]!.set(model, (graph = graphs++))
        unusedGraphs.register(model, [worker, graph])
        const { bytes, externalData } = model
        tell(worker, { kind: 'graph', graph, model: bytes, externalData })
      }
      return graph
    },

    heldFeed(worker, name, array) {
      let known = knownArrays.get(array)
      if (known === undefined) {
        knownArrays.set(array, (known = { number: arrays++, at: new Set() }))
        unusedArrays.register(array, known.number)
      }
      const { number: held, at } = known
      if (at.has(worker)) return { name, held }
      at.add(worker)
      // ONNX Runtime takes no shared memory.
      return { name, held, array: shared.addressOf(array) === undefined ? array : copy(array) }
    },

    forget(list) {
      const known = list.flatMap((array) => knownArrays.get(array) ?? [])
      for (const worker of everybody) {
        const held = known.filter(({ at }) => at.delete(worker)).map(({ number }) => number)
        if (held.length > 0) drop(worker, { held })
      }
    },

    registerPlan(plan) {
      unusedPlans.register(plan, plan.plan)
    },
  }
}
