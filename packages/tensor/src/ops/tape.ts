import { engine } from '@tensorflow/tfjs-core'
import type { Tensor } from './tensor.ts'

/** The same values without a gradient: derivatives treat the result as a constant. */
export function stopGradient(x: Tensor): Tensor {
  return offTape(() => x.clone())
}

/**
 * Runs a computation off the tape: derivatives taken outside treat its results as constants, and nothing of it is kept for
 * them. Derivatives taken inside work as everywhere. Inference inside a loss runs so, unless it is unrolled.
 */
export function offTape<R>(fn: () => R): R {
  // tfjs has one tape. A tensor computed while it is set aside has no path to its inputs, which no gradient of zero achieves:
  // tfjs asks every op on a path for its gradient, and some have none.
  const { state } = engine()
  const { gradientDepth, activeTape } = state
  state.gradientDepth = 0
  try {
    return fn()
  } finally {
    state.gradientDepth = gradientDepth
    state.activeTape = activeTape
  }
}
