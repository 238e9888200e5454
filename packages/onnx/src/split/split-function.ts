import type { NDArray, Program } from '@deepstruct/tensor'
import type { Arguments } from '../arguments.ts'
import { type Compiled, compile } from '../compile.ts'
import { traceOpen } from '../polymorphic/trace-open.ts'
import type { Pool } from '../pool/pool.ts'
import type { SharedMemory } from '../pool/shared-memory.ts'
import type { Runtime, SessionOptions } from '../runtime/runtime.ts'
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

/** The forms of one function for workers, none yet. */
export function splitFunctions(program: Program, site: Site): SplitFunctions {
  const known = new Map<string, SplitFunction | undefined>()
  const make = (call: Arguments, rows: Rows): SplitFunction | undefined => {
    const begin = performance.now()
    const traced = traceOpen(program, call, rows.pattern, { cut: true })
    if (traced === undefined) return undefined
    const traceMs = performance.now() - begin
    if (traced.cut !== undefined)
      return splitStep({ ...traced, cut: traced.cut }, { call, rows, program, site, traceMs })
    if (!traced.rowResults.every(Boolean)) return undefined
    const compiled = compile(traced, traceMs, site.runtime, site.session, rows.pattern.shapes)
    site.onCompiled(compiled.report)
    return splitRows(compiled, compiled.cost / traced.at, site)
  }
  return {
    find(call) {
      const rows = rowsOf(call, program.split)
      if (rows === undefined) return undefined
      const key = `${call.structure} ${JSON.stringify(rows.pattern.shapes)}`
      if (!known.has(key)) known.set(key, make(call, rows))
      const split = known.get(key)
      return split && { split, rows }
    },
  }
}
