import { tidy } from '@tensorflow/tfjs-core'
import { notATensor } from './gradient.ts'
import { scalar } from './ops/creation.ts'
import { isTensor, type Tensor } from './ops/tensor.ts'
import { flatten } from './tree.ts'

/**
 * Applies a body a fixed number of times: $s_{i+1} = \text{body}(s_i, i)$.
 *
 * Use it instead of a JavaScript loop: an eager engine frees each step's intermediates, a compiling engine can keep the
 * loop a loop. The body must keep the structure, shapes and dtypes of the state.
 *
 * @param steps - how many times
 * @param body - the next state from the last one and the step's number, counted from 0
 * @param state - the first state
 */
export function loop<S extends object>(
  steps: number,
  body: (state: S, step: number) => S,
  state: S,
): S {
  const lowered = lowerings.at(-1)?.(steps, body, state)
  if (lowered !== undefined) return lowered as S
  const marker = scalar(0)
  marker.dispose()
  let current = state
  for (let i = 0; i < steps; i++) {
    const last = current
    current = tidy(() => body(last, i) as never) as S
    const carried = new Set(leaves(current))
    for (const tensor of leaves(last))
      // What is older than the loop belongs to the caller.
      if (tensor.id > marker.id && !carried.has(tensor)) tensor.dispose()
  }
  return current
}

/** Takes a loop over from JavaScript, or leaves it by giving nothing. */
export type LoopLowering = (
  steps: number,
  body: (state: never, step: number) => object,
  state: object,
) => object | undefined

// Those of the engines that compile right now; tracing is synchronous, so there is at most one, but it may look into a body.
const lowerings: LoopLowering[] = []

/** Runs a function whose loops are offered to an engine that can keep them loops; for engines. */
export function lowerLoops<R>(lowering: LoopLowering, fn: () => R): R {
  lowerings.push(lowering)
  try {
    return fn()
  } finally {
    lowerings.pop()
  }
}

function leaves(state: object): readonly Tensor[] {
  return flatten(state, isTensor, notATensor('loop')).leaves
}
