import type { DeepstructError, NDArray, Program, Tensor } from '@deepstruct/tensor'
import { constantArray } from './graph/constant-array.ts'
import { encode } from './graph/encode.ts'
import type { Value, ValueType } from './graph/value.ts'
import type { Runtime, Session, SessionOptions } from './runtime/runtime.ts'
import { trace, type Trace } from './trace/trace.ts'

/** A function compiled for arguments of certain shapes. */
export interface Compiled {
  /** What it does, as a graph. */
  readonly traced: Trace
  /** Milliseconds that tracing took. */
  readonly traceMs: number
  /** Milliseconds that the runtime took to prepare the graph. */
  readonly sessionMs: number
  /**
   * Runs it on the leaves of its arguments.
   *
   * @throws what a check demands
   */
  run(leaves: readonly NDArray[]): Promise<readonly NDArray[]>
}

/** Where a result comes from: the graph, an argument that is handed through, or a constant. */
type Origin = { readonly output: string } | { readonly input: number } | { readonly constant: NDArray }

/** Traces a function and prepares its graph. */
export async function compile(
  program: Program,
  types: readonly ValueType[],
  rebuild: (tensors: readonly Tensor[]) => readonly unknown[],
  runtime: Runtime,
  options: SessionOptions,
): Promise<Compiled> {
  const begin = performance.now()
  const traced = trace(program, types, rebuild)
  const traceMs = performance.now() - begin
  const inputNames = types.map((_, i) => `x${i}`)
  const outputNames = traced.outputs.map((_, i) => `y${i}`)
  let session: Session | undefined
  let sessionMs = 0
  if (traced.outputs.length > 0) {
    const model = encode(traced, { inputNames, outputNames })
    const start = performance.now()
    session = await runtime.start(model, options)
    sessionMs = performance.now() - start
  }
  const originOf = originsOf(traced, outputNames)
  const results = traced.results.map(originOf)
  const checks = traced.checks.map(({ flag, error }) => ({ flag: originOf(flag), error }))
  return {
    traced,
    traceMs,
    sessionMs,
    async run(leaves) {
      const feeds: Record<string, NDArray> = {}
      for (const [i, leaf] of leaves.entries()) feeds[inputNames[i]!] = leaf
      const computed = session === undefined ? {} : await session.run(feeds)
      const arrayOf = (origin: Origin): NDArray =>
        'output' in origin
          ? computed[origin.output]!
          : 'input' in origin
            ? leaves[origin.input]!
            : origin.constant
      demand(checks, arrayOf)
      return results.map(arrayOf)
    },
  }
}

function originsOf(traced: Trace, outputNames: readonly string[]): (value: Value) => Origin {
  const outputs = new Map(traced.outputs.map((value, i) => [value, outputNames[i]!]))
  const inputs = new Map(traced.inputs.map((value, i) => [value, i]))
  return (value) => {
    const output = outputs.get(value)
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
