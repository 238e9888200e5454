import * as tf from '@tensorflow/tfjs-core'
import {
  type DeepstructError,
  EngineError,
  flatten,
  isTensor,
  type Program,
  sizeOf,
  type Tensor,
} from '@deepstruct/tensor'
import {
  abandonTape,
  collectChecks,
  lowerLoops,
  lowerScans,
  notATensor,
  sharing,
  type Summation,
} from '@deepstruct/tensor/engine'
import type { Traced } from '../graph/encode.ts'
import { createGraph, type Graph } from '../graph/graph.ts'
import type { Value, ValueType } from '../graph/value.ts'
import { cast } from '../kernels/compose.ts'
import { reduce } from '../kernels/reduction.ts'
import { loopLowering, tensorOf } from './lower-loop.ts'
import { scanLowering } from './lower-scan.ts'
import { type TraceBackend, traceBackend, traceBackendName } from './trace-backend.ts'
import { withoutChance } from './without-chance.ts'

/** What a function does, as a graph. */
export interface Trace extends Traced {
  /** The results, in the order of the leaves of the function's result. */
  readonly results: readonly Value[]
  /** Scalars that are true where all is well, and what to throw otherwise. */
  readonly checks: readonly { readonly flag: Value; readonly error: () => DeepstructError }[]
  /** Where the graph can be cut in two, if it sums over shares of the rows. */
  readonly cut?: Cut
  /** The function's result around other leaves. */
  rebuild(leaves: readonly unknown[]): unknown
}

/** Sums over rows: what is computed of some of the rows, and the totals that everything else is computed from. */
export interface Cut {
  /** The sums over the rows that there are. */
  readonly sums: readonly Value[]
  /** Their totals: further arguments. */
  readonly totals: readonly Value[]
}

/** What a trace is for. */
export interface TraceOptions {
  /** The extent that is to stay open: a prime that divides no other; default none. */
  readonly open?: number | undefined
  /** Whether to cut the graph where it sums over shares of the rows; default `false`. */
  readonly cut?: boolean
}

/**
 * Runs a function on tensors without values and writes down what it does.
 *
 * @param program - the function
 * @param types - what its leaves are like
 * @param rebuild - makes its arguments of tensors
 * @throws {@link @deepstruct/tensor!EngineError} when it reads a value, or is to be cut in more than one place or inside of a gradient
 */
export function trace(
  program: Program,
  types: readonly ValueType[],
  rebuild: (tensors: readonly Tensor[]) => readonly unknown[],
  { open, cut = false }: TraceOptions = {},
): Trace {
  const backend = traceBackend()
  const graph = createGraph(open)
  const inputs = types.map((type) => graph.input(type))
  const before = tf.getBackend()
  backend.graph = graph
  backend.caller = program.name
  const cutting = cutter(backend)
  let traced: Trace | undefined
  try {
    void tf.setBackend(traceBackendName)
    tf.tidy(() => {
      const args = rebuild(inputs.map((input) => tensorOf(input)))
      const { result, checks } = withoutChance(program.name, () =>
        collectChecks(() => {
          const run = (): unknown => program.fn(...(args as never[]))
          const value = lowerLoops(loopLowering(backend), () =>
            lowerScans(scanLowering(backend), () =>
              cut ? sharing(cutting.summation, run) : run(),
            ),
          )
          return flatten(value, isTensor, notATensor(program.name))
        }),
      )
      const results = result.leaves.map((leaf) => backend.valueOf(leaf))
      const flags = checks.map(({ flag, error }) => ({
        flag: everywhere(graph, backend.valueOf(flag)),
        error,
      }))
      tf.dispose(checks.map(({ flag }) => flag))
      traced = {
        inputs,
        nodes: graph.nodesInOrder(),
        outputs: outputsOf(results, flags, cutting.found),
        results,
        checks: flags,
        ...(cutting.found && { cut: cutting.found }),
        rebuild: result.rebuild,
      }
    })
  } catch (error) {
    abandonTape()
    throw error
  } finally {
    backend.graph = createGraph()
    if (before) void tf.setBackend(before)
  }
  return traced!
}

/** Notes where a function sums over shares of the rows. */
function cutter(backend: TraceBackend): {
  readonly found: Cut | undefined
  readonly summation: Summation
} {
  let found: Cut | undefined
  return {
    get found() {
      return found
    },
    summation(tensors) {
      if (found !== undefined || tf.engine().state.gradientDepth > 0)
        throw new EngineError({
          function: backend.caller,
          argument: 'sumOverShares',
          got: found === undefined ? 'called inside of a gradient' : 'called twice',
          expected: 'one call, outside of gradients',
        })
      const sums = tensors.map((tensor) => backend.valueOf(tensor))
      const totals = sums.map((value) => backend.graph.input(value))
      found = { sums, totals }
      return totals.map(tensorOf)
    },
  }
}

/** What a graph has to compute: results, flags and sums that are neither arguments nor constants, each once. */
export function outputsOf(
  results: readonly Value[],
  checks: readonly { readonly flag: Value }[],
  cut?: Cut,
): readonly Value[] {
  const wanted = [...results, ...checks.map(({ flag }) => flag), ...(cut?.sums ?? [])]
  return [...new Set(wanted.filter(({ source }) => source.kind === 'node'))]
}

function everywhere(graph: Graph, flag: Value): Value {
  if (sizeOf(flag.shape) === 0) return graph.fill(1, [], 'bool')
  if (flag.source.kind === 'data' || flag.source.kind === 'fill') return flag
  const axes = [...flag.shape.keys()]
  return cast(graph, reduce(graph, 'ReduceMin', cast(graph, flag, 'int32'), axes, false), 'bool')
}
