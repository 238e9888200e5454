import type { DeepstructError, NDArray } from '@deepstruct/tensor'
import { constantArray } from './graph/constant-array.ts'
import { encode } from './graph/encode.ts'
import { scopesOf } from './graph/scopes.ts'
import type { Value } from './graph/value.ts'
import type { Extent } from './protobuf/onnx-messages.ts'
import type { GraphReport } from './report.ts'
import type { Runtime, Session, SessionOptions } from './runtime/runtime.ts'
import type { Trace } from './trace/trace.ts'

/** A function compiled for arguments of certain shapes. */
export interface Compiled {
  /** What it is, for {@link Report}. */
  readonly report: Omit<GraphReport, 'name'>
  /** The function's result around other leaves. */
  readonly rebuild: Trace['rebuild']
  /**
   * Runs it on the leaves of its arguments.
   *
   * @throws what a check demands
   */
  run(leaves: readonly NDArray[]): Promise<readonly NDArray[]>
}

/** Where a result comes from: the graph, an argument that is handed through, or a constant. */
type Origin =
  | { readonly output: string }
  | { readonly input: number }
  | { readonly constant: NDArray }

/**
 * Prepares a traced function to be run.
 *
 * @param inputShapes - the extents of the arguments where some are left open
 */
export async function compile(
  traced: Trace,
  traceMs: number,
  runtime: Runtime,
  options: SessionOptions,
  inputShapes?: readonly (readonly Extent[])[],
): Promise<Compiled> {
  const inputNames = traced.inputs.map((_, i) => `x${i}`)
  const outputNames = traced.outputs.map((_, i) => `y${i}`)
  let session: Session | undefined
  let sessionMs = 0
  if (traced.outputs.length > 0) {
    const begin = performance.now()
    const model = encode(traced, { inputNames, outputNames, ...(inputShapes && { inputShapes }) })
    session = await runtime.start(model, options)
    sessionMs = performance.now() - begin
  }
  const originOf = originsOf(traced, outputNames)
  const results = traced.results.map(originOf)
  const checks = traced.checks.map(({ flag, error }) => ({ flag: originOf(flag), error }))
  return {
    report: {
      shapes: inputShapes ?? traced.inputs.map(({ shape }) => shape),
      nodes: scopesOf(traced.nodes, traced.outputs).needed.size,
      traceMs,
      sessionMs,
    },
    rebuild: traced.rebuild,
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
