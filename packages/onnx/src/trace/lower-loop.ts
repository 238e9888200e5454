import * as tf from '@tensorflow/tfjs-core'
import { flatten, isTensor, type Tensor } from '@deepstruct/tensor'
import { collectChecks, type LoopLowering, notATensor } from '@deepstruct/tensor/engine'
import { neededInOrder } from '../graph/scopes.ts'
import type { Value } from '../graph/value.ts'
import { sameShape } from '../simplify/application.ts'
import { replay } from './replay.ts'
import { type TraceBackend, traceBackend } from './trace-backend.ts'

/** Loops of fewer nodes than this in all are written out step by step: they run faster then, and preparing them takes little longer. */
const writtenOutNodes = 1000

/**
 * Traces the body of a loop once, where its steps are the same and no gradient is taken through them: a long loop becomes an ONNX `Loop`, a
 * short one is the body's nodes again and again. Other loops run step by step while they are traced.
 */
export function loopLowering(backend: TraceBackend): LoopLowering {
  return (steps, body, state) => {
    // A body that asks for the number of its step may do something else at each. Gradients need the steps on the tape.
    if (steps < 2 || body.length > 1 || tf.engine().state.gradientDepth > 0) return undefined
    const { graph } = backend
    const start = flatten(state, isTensor, notATensor('loop'))
    const first = start.leaves.map((leaf) => backend.valueOf(leaf))
    const carried = first.map((value) => graph.carried(value))
    const before = graph.size
    const last = bodyOf(backend, carried, (tensors) => body(start.rebuild(tensors) as never, 0))
    const fits =
      last?.length === carried.length &&
      last.every(
        ({ dtype, shape }, i) => dtype === carried[i]!.dtype && sameShape(shape, carried[i]!.shape),
      )
    if (!fits) return undefined
    const made = graph.nodesInOrder().slice(before)
    // What no next step asks for, or no last one changes, is not repeated.
    const nodes = neededInOrder({ nodes: made, outputs: last }).filter(({ varies }) => varies)
    const nested = nodes.some((node) => node.body !== undefined)
    let ends: readonly Value[]
    if (nodes.length * steps >= writtenOutNodes) {
      const count = graph.fill(steps, [], 'int64')
      const repeated = { inputs: carried, outputs: last }
      ends = graph.nodes('Loop', [count, undefined, ...first], carried, {}, repeated)
    } else if (nested) return undefined
    else {
      ends = first
      for (let i = 0; i < steps; i++) ends = replay(graph, nodes, carried, ends, last)
    }
    return start.rebuild(ends.map(tensorOf)) as object
  }
}

/** The values that a body computes, unless it makes checks, which must be seen outside. Its tensors are gone afterwards. */
export function bodyOf(
  backend: TraceBackend,
  carried: readonly Value[],
  body: (tensors: readonly Tensor[]) => object,
): readonly Value[] | undefined {
  let values: readonly Value[] | undefined
  tf.tidy(() => {
    const { result, checks } = collectChecks(() => body(carried.map(tensorOf)))
    if (checks.length === 0)
      values = flatten(result, isTensor, notATensor('loop')).leaves.map((leaf) =>
        backend.valueOf(leaf),
      )
    tf.dispose(checks.map(({ flag }) => flag))
  })
  return values
}

/** A tensor that stands for a value. */
export function tensorOf(value: Value): Tensor {
  return tf.engine().makeTensorFromTensorInfo(traceBackend().infoOf(value))
}
