import { type NDArray, sizeOf } from '@deepstruct/tensor'
import { fuse } from '../fused/fuse.ts'
import { constantArray } from '../graph/constant-array.ts'
import type { Value } from '../graph/value.ts'
import type { SpreadPart } from '../sparse/spread-gradients.ts'
import type { Trace } from '../trace/trace.ts'
import { type UpdateGraph, updateGraph } from './update-graph.ts'

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
  /** In what a gradient of a sparse product is computed of. */
  | { readonly kind: 'spread'; readonly gradient: number; readonly part: SpreadPart }
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
  /** The sums over rows that the workers make together, in one place; to the others each contributes. */
  readonly whole: ReadonlySet<number>
}

/**
 * Plans what comes after the sums over rows.
 *
 * @param trace - a trace that can be cut
 * @returns nothing where a kernel cannot do it: it is not elementwise, or looks at single rows
 */
export function planUpdate(trace: Trace, context: UpdateContext): UpdatePlan | undefined {
  const update = updateGraph(trace, context)
  if (update === undefined) return undefined
  const { places, sums, addends, scalars } = update
  let slots = scalars.length
  const newSlot = (): number => slots++
  const { results, handedThrough, singles, groups } = placeResults(update, context, newSlot)
  const set = kernelSet(places)
  const lastLevel = Math.max(0, ...addends.map(({ level }) => level + 1))
  const stages: (readonly PlannedCall[])[] = []
  for (let stage = 0; stage <= lastLevel; stage++) {
    const last = stage === lastLevel
    const works = [
      ...addends.filter(({ level }) => level === stage).map(workOfAddend),
      ...(last ? groups : []),
    ]
    const calls = planStage(works, last ? singles : [], set, newSlot)
    if (calls === undefined) return undefined
    stages.push(calls)
  }
  return { kernels: set.kernels, stages, sums, scalars, slots, results, handedThrough }
}

/** What a kernel computes, and where that goes. */
interface Work {
  readonly outputs: readonly Value[]
  /** What it adds up. */
  readonly sums: readonly Value[]
  /** Where outputs and sums go, in this order. */
  readonly targets: readonly Place[]
}

/** A single number that is a result, and its slot. */
interface Single {
  readonly value: Value
  readonly slot: number
}

function workOfAddend({ operand, sum }: UpdateGraph['addends'][number]): Work {
  return { outputs: [], sums: [operand], targets: [{ kind: 'sum', sum, worker: 'own' }] }
}

/** Finds a place for each result, and the work that computes those which are computed; results that read the same arrays are computed together. */
function placeResults(
  { results: ends, places }: UpdateGraph,
  { donated, kept }: UpdateContext,
  newSlot: () => number,
): Pick<UpdatePlan, 'results' | 'handedThrough'> & {
  readonly singles: readonly Single[]
  readonly groups: readonly Work[]
} {
  const results: PlannedResult[] = []
  const singles: Single[] = []
  const groups: { readonly results: readonly number[]; readonly arrays: ReadonlySet<Value> }[] = []
  for (const [i, end] of ends.entries()) {
    const place = places.get(end)
    const { kind } = end.source
    const single = sizeOf(end.shape) === 1
    if (place?.kind === 'argument') results.push(place)
    else if (kind !== 'node' && kind !== 'input')
      results.push({ kind: 'constant', array: constantArray(end) })
    else if (single && !kept.has(i)) {
      const slot = newSlot()
      results.push({ kind: 'slot', slot, shape: end.shape })
      singles.push({ value: end, slot })
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
  for (const group of groups) {
    // Another worker may still read a single number when this one writes.
    if (sizeOf(ends[group.results[0]!]!.shape) <= 1) continue
    const over = [...group.arrays].flatMap((value) => {
      const place = places.get(value)
      const isFree = place?.kind === 'argument' && donated.has(place.argument)
      return isFree && !handedThrough.has(place.argument) ? [place.argument] : []
    })
    for (const i of group.results) results[i] = { kind: 'array', shape: ends[i]!.shape, over }
  }
  return {
    results,
    handedThrough,
    singles,
    groups: groups.map((group) => ({
      outputs: group.results.map((i) => ends[i]!),
      sums: [],
      targets: group.results.map((result) => ({ kind: 'result', result })),
    })),
  }
}

/**
 * Plans the work between two points at which workers wait for each other. Single numbers that it needs come first: each worker computes them for itself,
 * together with those that are results.
 *
 * @returns nothing where a kernel cannot do it
 */
function planStage(
  works: readonly Work[],
  singles: readonly Single[],
  set: KernelSet,
  newSlot: () => number,
): readonly PlannedCall[] | undefined {
  const slotOf = new Map<Value, number>()
  const calls = works.map((work) => {
    const values = [...work.outputs, ...work.sums]
    const elements = sizeOf(values[0]!.shape)
    const read = operandsOf(values, elements === 1)
    for (const value of read.numbers) if (!slotOf.has(value)) slotOf.set(value, newSlot())
    return set.call(read, work, { elements, everywhere: false, slotOf })
  })
  const numbers = [...slotOf].map(([value, slot]): Single => ({ value, slot })).concat(singles)
  if (numbers.length > 0) {
    const outputs = numbers.map(({ value }) => value)
    const targets = numbers.map(({ slot }): Place => ({ kind: 'slot', slot }))
    const work = { outputs, sums: [], targets }
    calls.unshift(set.call(operandsOf(outputs, true), work, { elements: 1, everywhere: true }))
  }
  return calls.every((call) => call !== undefined) ? calls : undefined
}

/** Kernels, each once. */
interface KernelSet {
  readonly kernels: readonly Uint8Array<ArrayBuffer>[]
  /** Adds the kernel for some work; nothing where it cannot be done, or what it reads has no place. */
  call(
    read: Operands,
    work: Work,
    options: Pick<PlannedCall, 'elements' | 'everywhere'> & {
      /** Where the single numbers that it reads are. */
      readonly slotOf?: ReadonlyMap<Value, number>
    },
  ): PlannedCall | undefined
}

function kernelSet(places: UpdateGraph['places']): KernelSet {
  const kernels: Uint8Array<ArrayBuffer>[] = []
  const known = new Map<string, number>()
  return {
    kernels,
    call({ arrays, numbers }, { outputs, sums, targets }, { elements, everywhere, slotOf }) {
      const module = fuse({ arrays, scalars: numbers, outputs, sums })
      const operands = [
        ...arrays.map((value) => places.get(value)),
        ...numbers.map((value): Place => ({ kind: 'slot', slot: slotOf!.get(value)! })),
      ]
      if (module === undefined || operands.includes(undefined)) return undefined
      const key = module.join()
      let kernel = known.get(key)
      if (kernel === undefined) known.set(key, (kernel = kernels.push(module) - 1))
      return { kernel, places: [...(operands as Place[]), ...targets], elements, everywhere }
    },
  }
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
