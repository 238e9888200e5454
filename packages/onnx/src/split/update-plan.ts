import { type NDArray, sizeOf } from '@deepstruct/tensor'
import { fuse } from '../fused/fuse.ts'
import { constantArray } from '../graph/constant-array.ts'
import type { Value } from '../graph/value.ts'
import type { Trace } from '../trace/trace.ts'
import { updateGraph } from './update-graph.ts'

/** What is done with totals over rows, for example the update of parameters along a gradient, in kernels that workers share among them. */
export interface UpdatePlan {
  /** The kernels, each once. */
  readonly kernels: readonly Uint8Array<ArrayBuffer>[]
  /** Which kernels run on what. A stage begins when all workers have finished the one before. */
  readonly stages: readonly (readonly PlannedCall[])[]
  /** The sums that each worker contributes to, by their number of elements: first those over rows, then those over parameters. */
  readonly sums: readonly number[]
  /** Single numbers among the arguments, and the slots of each worker that they are put in. */
  readonly scalars: readonly { readonly argument: number; readonly slot: number }[]
  /** How many slots for single numbers a worker needs. */
  readonly slots: number
  /** Where each result is. */
  readonly results: readonly PlannedResult[]
  /** The arguments that are results as they are. */
  readonly handedThrough: ReadonlySet<number>
}

/** A kernel and what it works on. */
interface PlannedCall {
  /** Which kernel. */
  readonly kernel: number
  /** What its pointers point at. */
  readonly places: readonly Place[]
  /** How many elements there are. */
  readonly elements: number
  /** Whether each worker does it all for itself, or its part of the elements. */
  readonly everywhere: boolean
}

/** Where numbers are. */
export type Place =
  /** In an argument, by its position among the leaves. */
  | { readonly kind: 'argument'; readonly argument: number }
  /** In what a worker contributes to a sum. */
  | { readonly kind: 'sum'; readonly sum: number; readonly worker: number | 'own' }
  /** In a slot for single numbers; each worker has its own. */
  | { readonly kind: 'slot'; readonly slot: number }
  /** In a result, by its position among the leaves. */
  | { readonly kind: 'result'; readonly result: number }

/** Where a result is. */
type PlannedResult =
  /** In an array of its own; it may take the place of an argument that is given up, unless it is a single number. */
  | { readonly kind: 'array'; readonly shape: readonly number[]; readonly over: readonly number[] }
  | { readonly kind: 'slot'; readonly slot: number; readonly shape: readonly number[] }
  | { readonly kind: 'argument'; readonly argument: number }
  | { readonly kind: 'constant'; readonly array: NDArray }

/** What a plan must know about a function beside its trace. */
export interface UpdateContext {
  /** The number of workers. */
  readonly workers: number
  /** The leaves of arguments that have rows. */
  readonly rows: ReadonlySet<number>
  /** The leaves of arguments that are given up. */
  readonly donated: ReadonlySet<number>
  /** The leaves of results that stay with the engine. */
  readonly kept: ReadonlySet<number>
}

/**
 * Plans what comes after the sums over rows.
 *
 * @param trace - a trace that can be cut
 * @returns nothing where a kernel cannot do it: it is not elementwise, or looks at single rows
 */
export function planUpdate(trace: Trace, context: UpdateContext): UpdatePlan | undefined {
  const { donated, kept } = context
  const update = updateGraph(trace, context)
  if (update === undefined) return undefined
  const { results: ends, places, sums, addends, scalars } = update
  let slots = scalars.length

  const kernels: Uint8Array<ArrayBuffer>[] = []
  const known = new Map<string, number>()
  const call = (
    work: {
      readonly arrays: readonly Value[]
      readonly numbers?: readonly Value[]
      readonly outputs?: readonly Value[]
      readonly sums?: readonly Value[]
    },
    targets: readonly Place[],
    options: {
      readonly elements: number
      readonly everywhere: boolean
      readonly slotOf?: ReadonlyMap<Value, number>
    },
  ): PlannedCall | undefined => {
    const { arrays, numbers = [], outputs = [] } = work
    const module = fuse({
      arrays,
      scalars: numbers,
      outputs,
      ...(work.sums && { sums: work.sums }),
    })
    const operands = [
      ...arrays.map((value) => places.get(value)),
      ...numbers.map((value): Place => ({ kind: 'slot', slot: options.slotOf!.get(value)! })),
    ]
    if (module === undefined || operands.includes(undefined)) return undefined
    const key = module.join()
    let kernel = known.get(key)
    if (kernel === undefined) known.set(key, (kernel = kernels.push(module) - 1))
    const { elements, everywhere } = options
    return { kernel, places: [...(operands as Place[]), ...targets], elements, everywhere }
  }

  const results: PlannedResult[] = []
  /** The results that kernels compute into arrays, those that read the same arrays together. */
  const groups: { readonly results: readonly number[]; readonly arrays: ReadonlySet<Value> }[] = []
  const wanted = new Map<number, Value>()
  for (const [i, end] of ends.entries()) {
    const place = places.get(end)
    const { kind } = end.source
    const single = sizeOf(end.shape) === 1
    if (place?.kind === 'argument') results.push(place)
    else if (kind !== 'node' && kind !== 'input')
      results.push({ kind: 'constant', array: constantArray(end) })
    else if (single && !kept.has(i)) {
      results.push({ kind: 'slot', slot: slots++, shape: end.shape })
      wanted.set(i, end)
    } else {
      const { arrays } = operandsOf([end], single)
      const joined = groups.filter((group) => arrays.some((array) => group.arrays.has(array)))
      for (const group of joined) groups.splice(groups.indexOf(group), 1)
      groups.push({
        results: [...joined.flatMap((group) => group.results), i],
        arrays: new Set([...joined.flatMap((group) => [...group.arrays]), ...arrays]),
      })
      results.push({ kind: 'array', shape: end.shape, over: [] })
    }
  }

  const handedThrough = new Set(
    results.flatMap((result) => (result.kind === 'argument' ? [result.argument] : [])),
  )
  const lastLevel = Math.max(0, ...addends.map(({ level }) => level + 1))
  const stages: PlannedCall[][] = []
  for (let stage = 0; stage <= lastLevel; stage++) {
    const last = stage === lastLevel
    const numbers = new Map<Value, number>()
    const calls: (PlannedCall | undefined)[] = []
    const slotOf = (value: Value): void => {
      if (!numbers.has(value)) numbers.set(value, slots++)
    }
    for (const { operand, sum, level } of addends) {
      if (level !== stage) continue
      const single = sizeOf(operand.shape) === 1
      const read = operandsOf([operand], single)
      read.numbers.forEach(slotOf)
      calls.push(
        call({ ...read, sums: [operand] }, [{ kind: 'sum', sum, worker: 'own' }], {
          elements: sizeOf(operand.shape),
          everywhere: false,
          slotOf: numbers,
        }),
      )
    }
    if (last)
      for (const group of groups) {
        const outputs = group.results.map((i) => ends[i]!)
        const elements = sizeOf(outputs[0]!.shape)
        const read = operandsOf(outputs, elements === 1)
        read.numbers.forEach(slotOf)
        const targets = group.results.map((result): Place => ({ kind: 'result', result }))
        calls.push(
          call({ ...read, outputs }, targets, { elements, everywhere: false, slotOf: numbers }),
        )
        const free = read.arrays
          .map((value) => places.get(value)!)
          .flatMap((place) =>
            place.kind === 'argument' &&
            donated.has(place.argument) &&
            !handedThrough.has(place.argument)
              ? [place.argument]
              : [],
          )
        // Another worker may still read a single number when this one writes.
        if (elements > 1)
          for (const result of group.results)
            results[result] = { kind: 'array', shape: ends[result]!.shape, over: free }
      }
    if (calls.includes(undefined)) return undefined
    const targets = [...numbers.values()].map((slot): Place => ({ kind: 'slot', slot }))
    const outputs = [...numbers.keys()]
    if (last)
      for (const [i, end] of wanted) {
        outputs.push(end)
        targets.push({ kind: 'slot', slot: (results[i] as { slot: number }).slot })
      }
    if (outputs.length > 0) {
      const { arrays } = operandsOf(outputs, true)
      const first = call({ arrays, outputs }, targets, { elements: 1, everywhere: true })
      if (first === undefined) return undefined
      calls.unshift(first)
    }
    stages.push(calls as PlannedCall[])
  }
  return { kernels, stages, sums, scalars, slots, results, handedThrough }
}

/** What a kernel reads beside constants: arrays, or single numbers that were computed before. */
interface Operands {
  readonly arrays: readonly Value[]
  readonly numbers: readonly Value[]
}

/**
 * What is read to compute values.
 *
 * @param single - whether they are single numbers, which are computed from the start
 */
function operandsOf(values: readonly Value[], single: boolean): Operands {
  const arrays = new Set<Value>()
  const numbers = new Set<Value>()
  const visited = new Set<Value>()
  const visit = (value: Value | undefined): void => {
    if (value === undefined || visited.has(value)) return
    visited.add(value)
    const { source, shape } = value
    if (source.kind === 'fill' || source.kind === 'integers') return
    if (!single && sizeOf(shape) === 1) numbers.add(value)
    else if (source.kind === 'node') for (const input of source.node.inputs) visit(input)
    else arrays.add(value)
  }
  for (const value of values) visit(value)
  return { arrays: [...arrays], numbers: [...numbers] }
}
