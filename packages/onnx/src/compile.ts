import type { DeepstructError, NDArray } from '@deepstruct/tensor'
import { constantArray } from './graph/constant-array.ts'
import { costOf } from './graph/cost.ts'
import { neededInOrder } from './graph/scopes.ts'
import type { Value } from './graph/value.ts'
import { copy } from './held.ts'
import { type Model, modelOf } from './model.ts'
import type { Extent } from './protobuf/onnx-messages.ts'
import type { GraphReport } from './report.ts'
import type { Runtime, Session, SessionOptions } from './runtime/runtime.ts'
import type { Trace } from './trace/trace.ts'

/** A function compiled for arguments of certain shapes. */
export interface Compiled {
  /** What it is, for {@link Report}. */
  readonly report: Omit<GraphReport, 'name'>
  /** The graph, unless there is nothing to compute. */
  readonly model?: Model
  /** About how many multiplications and additions it takes, at the extents that it was traced with. */
  readonly cost: number
  /** The function's result around other leaves. */
  readonly rebuild: Trace['rebuild']
  /** The same with some arguments, by position, as constants of the graph: the runtime prepares those beforehand. */
  withConstants(constants: ReadonlyMap<number, NDArray>): Compiled
  /** Runs the graph on the leaves of the function's arguments, in this thread. */
  compute(leaves: readonly NDArray[]): Promise<Computed>
  /**
   * The results.
   *
   * @param leaves - the leaves of the arguments
   * @param computed - what the graph made of them
   * @throws what a check demands
   */
  results(leaves: readonly NDArray[], computed: Computed): readonly NDArray[]
}

/** Below this cost a run is over in about a fifth of a millisecond. */
export const small = 4e6

/** What a graph computed, by name. */
export type Computed = Readonly<Record<string, NDArray>>

/** Where a result comes from: the graph, an argument that is handed through, or a constant. */
type Origin =
  | { readonly output: string }
  | { readonly input: number }
  | { readonly constant: NDArray }

/**
 * Prepares a traced function to be run. The runtime is asked at the first run only.
 *
 * @param inputShapes - the extents of the arguments where some are left open
 */
export function compile(
  traced: Trace,
  traceMs: number,
  runtime: Runtime,
  options: SessionOptions,
  inputShapes?: readonly (readonly Extent[])[],
  constants?: ReadonlyMap<number, NDArray>,
): Compiled {
  const model =
    traced.outputs.length > 0 ? modelOf(traced, options, inputShapes, constants) : undefined
  const originOf = originsOf(traced, model)
  const results = traced.results.map(originOf)
  const checks = traced.checks.map(({ flag, error }) => ({ flag: originOf(flag), error }))
  const cost = costOf(traced.nodes, traced.outputs)
  let session: Promise<Session> | undefined
  let sessionMs = 0
  const start = async ({ bytes, externalData }: Model): Promise<Session> => {
    const begin = performance.now()
    // A graph of open extents was traced with some, and may be run with larger ones.
    const short = inputShapes === undefined && cost < small
    const started = await runtime.start(bytes, { ...options, externalData, small: short })
    sessionMs = performance.now() - begin
    return started
  }
  return {
    report: {
      shapes: inputShapes ?? traced.inputs.map(({ shape }) => shape),
      nodes: neededInOrder(traced).length,
      traceMs,
      get sessionMs() {
        return sessionMs
      },
    },
    ...(model && { model }),
    cost,
    rebuild: traced.rebuild,
    withConstants: (given) => compile(traced, 0, runtime, options, inputShapes, given),
    async compute(leaves) {
      if (model === undefined) return {}
      session ??= start(model).catch((error: unknown) => {
        // It may be memory that lacks, and is there at the next call.
        session = undefined
        throw error
      })
      const prepared = await session
      const feeds: Record<string, NDArray> = {}
      for (const { name, position } of model.inputs) feeds[name] = leaves[position]!
      return prepared.run(feeds)
    },
    results(leaves, computed) {
      const arrayOf = (origin: Origin): NDArray =>
        'output' in origin
          ? computed[origin.output]!
          : 'input' in origin
            ? leaves[origin.input]!
            : origin.constant
      demand(checks, arrayOf)
      // A constant is handed out again at the next call.
      return results.map((origin) =>
        'constant' in origin ? copy(origin.constant) : arrayOf(origin),
      )
    },
  }
}

function originsOf(traced: Trace, model: Model | undefined): (value: Value) => Origin {
  const inputs = new Map(traced.inputs.map((value, i) => [value, i]))
  return (value) => {
    const output = model?.outputNames.get(value)
    if (output !== undefined) return { output }
    const input = inputs.get(value)
    return input === undefined ? { constant: constantArray(value) } : { input }
  }
}

/** Throws what the first check demands that is not met. */
function demand(
  checks: readonly { readonly flag: Origin; readonly error: () => DeepstructError }[],
  arrayOf: (origin: Origin) => NDArray,
): void {
  for (const { flag, error } of checks) if (arrayOf(flag).data.includes(0)) throw error()
}
