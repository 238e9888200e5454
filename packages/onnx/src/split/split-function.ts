import type { NDArray, Program } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import { type Compiled, compile } from '../compile.ts'
import { fits, free } from '../polymorphic/pattern.ts'
import { traceOpen } from '../polymorphic/trace-open.ts'
import type { Pool } from '../pool/pool.ts'
import type { SharedMemory } from '../pool/shared-memory.ts'
import type { Runtime, SessionOptions } from '../runtime/runtime.ts'
import { withoutProducts } from '../sparse/sparse-products.ts'
import { type Rows, rowsOf } from './shares.ts'
import { splitRows } from './split-rows.ts'
import { splitStep } from './split-step.ts'

/** Where a function is run. */
export interface Site {
  /** ONNX Runtime in this thread. */
  readonly runtime: Runtime
  /** For its sessions. */
  readonly session: SessionOptions
  /** The memory of the workers. */
  readonly shared: SharedMemory
  /** An array in memory of this thread. */
  local(array: NDArray): NDArray
  /** How many workers there are, or will be. */
  readonly workers: number
  /** The workers, started at the first call. */
  pool(): Promise<Pool>
  /** Notes what was compiled. */
  onCompiled(report: Compiled['report']): void
}

/** A function whose rows are shared among workers. */
export interface SplitFunction {
  /** The function's result around other leaves. */
  readonly rebuild: Compiled['rebuild']
  /** Runs it on a call with these rows. */
  run(call: Arguments, rows: Rows): Promise<Ran>
}

/** What came of a run. */
export interface Ran {
  /** The leaves of the result. */
  readonly results: readonly NDArray[]
  /** Arrays in shared memory that were made for the run, used in the result or not. */
  readonly made: readonly NDArray[]
}

/** The forms of one function for workers. */
export interface SplitFunctions {
  /** The form for a call, and its rows; nothing where it cannot be split. */
  find(call: Arguments): { readonly split: SplitFunction; readonly rows: Rows } | undefined
}

/** What became of calls of one structure. */
interface Known {
  readonly structure: string
  /** The rows of the first of them. */
  readonly rows: Rows
  /** Nothing where they cannot be split. */
  readonly split: SplitFunction | undefined
}

function takes({ structure, rows: { leaves, pattern } }: Known, call: Arguments): boolean {
  if (structure !== call.structure || !fits(pattern, call.arrays)) return false
  for (const leaf of leaves) if (call.held[leaf] === true) return false
  return true
}

/** The forms of one function for workers, none yet. */
export function splitFunctions(program: Program, site: Site): SplitFunctions {
  const known: Known[] = []
  const make = (call: Arguments, rows: Rows): SplitFunction | undefined => {
    const begin = performance.now()
    const whole = traceOpen(program, call, rows.pattern, { cut: true })
    if (whole === undefined) return undefined
    const { traced, gradients } = withoutProducts(whole, call.products)
    const traceMs = performance.now() - begin
    if (traced.cut !== undefined)
      return splitStep(
        { ...traced, cut: traced.cut },
        { call, rows, gradients, program, site, traceMs },
      )
    if (!traced.resultShapes.every(([first]) => first === free)) return undefined
    const compiled = compile(traced, traceMs, site.runtime, site.session, rows.pattern.shapes)
    site.onCompiled(compiled.report)
    return splitRows(compiled, compiled.cost / traced.at, site)
  }
  return {
    find(call) {
      const before = known.find((each) => takes(each, call))
      if (before !== undefined) {
        const { split, rows } = before
        const { input, axis } = rows.pattern.place
        return split && { split, rows: { ...rows, count: call.arrays[input]!.shape[axis]! } }
      }
      const rows = rowsOf(call, program.split)
      if (rows === undefined) return undefined
      const split = make(call, rows)
      known.push({ structure: call.structure, rows, split })
      return split && { split, rows }
    },
  }
}
