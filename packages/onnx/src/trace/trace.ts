import * as tf from '@tensorflow/tfjs-core'
import {
  type DeepstructError,
  flatten,
  isTensor,
  type Program,
  sizeOf,
  type Tensor,
} from '@deepstruct/tensor'
import { abandonTape, collectChecks, lowerLoops, notATensor } from '@deepstruct/tensor/engine'
import type { Traced } from '../graph/encode.ts'
import { createGraph, type Graph } from '../graph/graph.ts'
import type { Value, ValueType } from '../graph/value.ts'
import { cast } from '../kernels/compose.ts'
import { reduce } from '../kernels/reduction.ts'
import { loopLowering, tensorOf } from './lower-loop.ts'
import { traceBackend, traceBackendName } from './trace-backend.ts'
import { withoutChance } from './without-chance.ts'

/** What a function does, as a graph. */
export interface Trace extends Traced {
  /** The results, in the order of the leaves of the function's result. */
  readonly results: readonly Value[]
  /** Scalars that are true where all is well, and what to throw otherwise. */
  readonly checks: readonly { readonly flag: Value; readonly error: () => DeepstructError }[]
  /** The function's result around other leaves. */
  rebuild(leaves: readonly unknown[]): unknown
}

/**
 * Runs a function on tensors without values and writes down what it does.
 *
 * @param program - the function
 * @param types - what its leaves are like
 * @param rebuild - makes its arguments of tensors
 * @param open - whether one extent is to stay open
 */
export function trace(
  program: Program,
  types: readonly ValueType[],
  rebuild: (tensors: readonly Tensor[]) => readonly unknown[],
  open = false,
): Trace {
  const backend = traceBackend()
  const graph = createGraph(open)
  const inputs = types.map((type) => graph.input(type))
  const before = tf.getBackend()
  backend.graph = graph
  backend.caller = program.name
  let traced: Trace | undefined
  try {
    void tf.setBackend(traceBackendName)
    tf.tidy(() => {
      const args = rebuild(inputs.map((input) => tensorOf(input)))
      const { result, checks } = withoutChance(program.name, () =>
        collectChecks(() => {
          const value = lowerLoops(loopLowering(backend), () => program.fn(...(args as never[])))
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
        outputs: outputsOf(results, flags),
        results,
        checks: flags,
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

/** What a graph has to compute: results and flags that are neither arguments nor constants, each once. */
export function outputsOf(
  results: readonly Value[],
  checks: readonly { readonly flag: Value }[],
): readonly Value[] {
  const wanted = [...results, ...checks.map(({ flag }) => flag)]
  return [...new Set(wanted.filter(({ source }) => source.kind === 'node'))]
}

function everywhere(graph: Graph, flag: Value): Value {
  if (sizeOf(flag.shape) === 0) return graph.fill(1, [], 'bool')
  if (flag.source.kind === 'data' || flag.source.kind === 'fill') return flag
  const axes = [...flag.shape.keys()]
  return cast(graph, reduce(graph, 'ReduceMin', cast(graph, flag, 'int32'), axes, false), 'bool')
}
