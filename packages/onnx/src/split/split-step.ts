import type { DeepstructError, NDArray, Program } from '@deepstruct/tensor'
import { flatten } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import { costOf } from '../graph/cost.ts'
import { neededInOrder } from '../graph/scopes.ts'
import { repeatedElement, type Value } from '../graph/value.ts'
import { modelOf } from '../model.ts'
import type { KernelCall, Layout } from '../pool/messages.ts'
import type { KnownPlan, Pool } from '../pool/pool.ts'
import type { OpenTrace } from '../polymorphic/trace-open.ts'
import type { Cut, Trace } from '../trace/trace.ts'
import type { SparseGradient } from '../sparse/sparse-products.ts'
import { spreadDesk, withSpreading } from '../sparse/spread-gradients.ts'
import { large } from './split-rows.ts'
import { desksFor } from './desks.ts'
import { feedsFor } from './feeds.ts'
import { type Placement, resultArrays, sameArrays } from './result-arrays.ts'
import { partsOf, type Range, type Rows, sharesOf } from './shares.ts'
import type { Site, SplitFunction } from './split-function.ts'
import { type Place, planUpdate, type UpdatePlan } from './update-plan.ts'

/** The function that is split, at its first call. */
interface Context {
  readonly call: Arguments
  readonly rows: Rows
  readonly gradients: readonly SparseGradient[]
  readonly program: Program
  readonly site: Site
  readonly traceMs: number
}

/**
 * A step of gradient descent on all workers: each sums over its share of the rows, in a graph, and then updates its share of the elements of the
 * parameters from the totals, in kernels on shared memory. Totals are added in the order of the workers, so that steps repeat exactly.
 *
 * @returns nothing where it cannot be done so
 */
export function splitStep(
  traced: OpenTrace & { readonly cut: Cut },
  { call: first, rows, gradients, program, site, traceMs }: Context,
): SplitFunction | undefined {
  const ofRows = rowPart(traced)
  if (ofRows === undefined) return undefined
  const { workers, shared } = site
  const leavesOf = (positions: readonly number[]): Set<number> =>
    new Set([...first.arrays.keys()].filter((i) => positions.includes(first.positions[i]!)))
  const donated = leavesOf(program.donate)
  const kept = keptLeaves(traced, program.keep)
  const spread = new Map(
    gradients.map(({ sum, product }, i) => {
      const shape = traced.cut.totals[sum]!.shape as readonly [number, number]
      return [sum, { gradient: i, sum, product, shape }] as const
    }),
  )
  const whole = new Set(spread.keys())
  const update = planUpdate(traced, { workers, rows: rows.leaves, donated, kept, whole })
  if (update === undefined) return undefined
  const plan = withSpreading(update, [...spread.values()])

  const begin = performance.now()
  const model = modelOf(
    { nodes: traced.nodes, inputs: traced.inputs, outputs: ofRows.outputs },
    site.session,
    rows.pattern.shapes,
  )
  const nameOf = (value: Value): string => model.outputNames.get(value)!
  // What a step writes over is copied from shared memory each time; all else the workers keep.
  const written = model.inputs.filter(
    ({ position }) => donated.has(position) && !plan.handedThrough.has(position),
  )
  const read = model.inputs.filter((input) => !written.includes(input))
  const stages = callsOf(plan, workers)
  site.onCompiled({
    shapes: rows.pattern.shapes,
    nodes: neededInOrder(traced).length,
    traceMs,
    sessionMs: performance.now() - begin,
  })

  const parts = {
    sums: traced.cut.sums.map((value, sum) => ({
      name: nameOf(value),
      ...(!spread.has(sum) && { shape: value.shape }),
    })),
    flags: ofRows.flags.map(({ flag }) => nameOf(flag)),
    stages: stages.calls,
    modules: plan.kernels,
  }
  let known: { readonly pool: Pool; readonly plan: KnownPlan } | undefined
  const costPerRow = costOf(traced.nodes, ofRows.outputs) / traced.at
  const desks = desksFor(plan, shared, workers, whole)
  const matrices = spreadDesk([...spread.values()], shared)

  /** Where everything was in the last step: it stays there as long as each step writes over what it is given. */
  let last: (Placement & { readonly here: boolean; readonly rows: number }) | undefined

  // What the update reads beside what is given up may be another array at each call.
  const adoptsEachTime = [...stages.argumentsRead].some((position) => !donated.has(position))

  /** Finds a place for everything. */
  const place = (
    arrays: readonly NDArray[],
    shares: readonly Range[],
    here: boolean,
    made: NDArray[],
  ): { readonly results: readonly NDArray[]; readonly layouts: readonly Layout[] } => {
    const current = [...arrays]
    const adopt = (i: number): void => {
      if (shared.addressOf(current[i]!) !== undefined) return
      const copied = shared.array(current[i]!.shape)
      copied.data.set(current[i]!.data)
      made.push((current[i] = copied))
    }
    for (const { position } of written) adopt(position)
    for (const position of stages.argumentsRead) adopt(position)
    const results = resultArrays(plan, current, shared, made)
    const addressOf = (target: Place, worker: number): number => {
      if (target.kind === 'argument') return shared.addressOf(current[target.argument]!)!
      if (target.kind === 'result') return shared.addressOf(results[target.result]!)!
      if (target.kind === 'spread') return matrices.addressOf(target.gradient, target.part)
      return desks.addressOf(target, worker)
    }
    const sumOf = (sum: number, worker: number): Layout['sums'][number] => {
      const parted = spread.get(sum)
      if (parted === undefined)
        return {
          address: addressOf({ kind: 'sum', sum, worker }, worker),
          elements: plan.sums[sum]!,
        }
      const [from, to] = shares[worker] ?? [0, 0]
      const [, columns] = parted.shape
      const rowBytes = columns * Float32Array.BYTES_PER_ELEMENT
      return {
        address: matrices.addressOf(parted.gradient, 'rows') + from * rowBytes,
        elements: (to - from) * columns,
      }
    }
    const layouts = Array.from({ length: workers }, (_, worker): Layout => ({
      shared: written.map(({ name, position }) => ({
        name,
        address: shared.addressOf(current[position]!)!,
        shape: current[position]!.shape,
      })),
      sums: [...traced.cut.sums.keys()].map((sum) => sumOf(sum, worker)),
      scalars: plan.scalars.map(({ slot }) => addressOf({ kind: 'slot', slot }, worker)),
      table: {
        address: desks.tableOf(worker),
        pointers: Int32Array.from(stages.places, (target) => addressOf(target, worker)),
      },
    }))
    const sources = results.map((result) => current.findIndex(({ data }) => data === result.data))
    last = adoptsEachTime
      ? undefined
      : {
          here,
          rows: shares.at(-1)![1],
          given: current.map(({ data }, i) => (donated.has(i) ? data : undefined)),
          sources,
        }
    return { results, layouts }
  }

  const planOf = (pool: Pool): KnownPlan => {
    if (known?.pool !== pool) {
      last = undefined
      known = { pool, plan: pool.plan(parts, model) }
    }
    return known.plan
  }

  const split: SplitFunction = {
    rebuild: traced.rebuild,
    async run(call, { count, leaves }) {
      const { arrays } = call
      const pool = await site.pool()
      const knownPlan = planOf(pool)
      const shares = sharesOf(count, workers)
      const here = (costPerRow * count) / shares.length < large
      const made: NDArray[] = []
      let results: readonly NDArray[] = []

      const prepare = (workerOf: (participant: number) => number) => {
        const moved = matrices.prepare(call.products ?? [])
        const again =
          !moved && last?.here === here && (spread.size === 0 || last.rows === count)
            ? sameArrays(plan, last, arrays, shared)
            : undefined
        let layouts: readonly Layout[] | undefined
        if (again !== undefined) results = again
        else ({ results, layouts } = place(arrays, shares, here, made))
        const scalars = plan.scalars.map(({ argument }) => arrays[argument]!.data[0]!)
        return Array.from({ length: workers }, (_, participant) => {
          const range = shares[participant]
          const worker = workerOf(participant)
          return {
            ...(layouts && { layout: layouts[participant]! }),
            scalars,
            moved: [],
            ...(range &&
              feedsFor({ pool, worker }, read, call, {
                leaves,
                range,
                here: here && participant === 0,
              })),
          }
        })
      }
      const finish = (): readonly NDArray[] =>
        results.map((array, i) => {
          const result = plan.results[i]!
          return result.kind === 'slot'
            ? { ...array, data: Float32Array.of(desks.slot(0, result.slot)) }
            : array
        })
      try {
        const { flag, result } = await pool.step(here, knownPlan, prepare, finish)
        if (flag !== undefined) throw ofRows.flags[flag]!.error()
        return { results: result, made }
      } catch (error) {
        // A worker may not have come to know where things are.
        last = undefined
        shared.sweep(made)
        throw error
      }
    },
  }
  gone.register(split, () => {
    desks.free()
    matrices.free()
  })
  return split
}

/** What is computed of rows: the sums, and flags. Nothing where flags or sums depend on totals. */
function rowPart({ nodes, checks, cut }: Trace & { readonly cut: Cut }):
  | {
      readonly outputs: readonly Value[]
      readonly flags: readonly { readonly flag: Value; readonly error: () => DeepstructError }[]
    }
  | undefined {
  const flags = checks.filter(({ flag }) => repeatedElement(flag) !== 1)
  const outputs = [...new Set([...cut.sums, ...flags.map(({ flag }) => flag)])]
  const totals = new Set<Value | undefined>(cut.totals)
  const computed = outputs.every(({ source }) => source.kind === 'node')
  const floats = cut.sums.every(({ dtype }) => dtype === 'float32')
  const needed = neededInOrder({ nodes, outputs })
  const early = needed.every(({ inputs }) => !inputs.some((input) => totals.has(input)))
  return computed && floats && early ? { outputs, flags } : undefined
}

/** The leaves of the result under keys that stay with the engine. */
function keptLeaves({ rebuild, results }: Trace, keep: readonly string[]): Set<number> {
  const numbered = rebuild([...results.keys()]) as Record<string, unknown>
  const isNumber = (value: unknown): value is number => typeof value === 'number'
  return new Set(
    keep.flatMap((key) => flatten(numbered[key], isNumber, (): never => undefined as never).leaves),
  )
}

/** The kernel calls for the workers, and what their pointers are, one after the other. */
function callsOf(
  { stages }: UpdatePlan,
  workers: number,
): {
  readonly calls: readonly (readonly KernelCall[])[]
  readonly places: readonly Place[]
  readonly argumentsRead: ReadonlySet<number>
} {
  const places: Place[] = []
  const calls = stages.map((stage) =>
    stage.map(({ kernel, places: own, elements, everywhere }): KernelCall => {
      const table = places.length
      places.push(...own)
      const ranges = everywhere
        ? Array.from({ length: workers }, () => [0, elements] as const)
        : partsOf(elements, workers, elementsOfLine)
      return { module: kernel, table, ranges }
    }),
  )
  const argumentsRead = places.flatMap((place) =>
    place.kind === 'argument' ? [place.argument] : [],
  )
  return { calls, places, argumentsRead: new Set(argumentsRead) }
}

/** As many float32 as a line of the cache holds: no two workers write to one. */
const elementsOfLine = 16

/** Frees what a function that is gone had in shared memory. */
const gone = new FinalizationRegistry<() => void>((free) => {
  free()
})
