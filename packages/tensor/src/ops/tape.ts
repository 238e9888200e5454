import { dispose, engine } from '@tensorflow/tfjs-core'
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
  // tfjs asks every op on a path for its gradient, and some have none. The depth of kernels counts too: above 0, as inside
  // an op with a gradient of its own, a gradient taken here would find nothing on its tape.
  const { state } = engine()
  const { gradientDepth, kernelDepth, activeTape } = state
  state.gradientDepth = 0
  state.kernelDepth = 0
  try {
    return fn()
  } catch (error) {
    if (state.activeTape !== activeTape) abandonTape()
    throw error
  } finally {
    state.gradientDepth = gradientDepth
    state.kernelDepth = kernelDepth
    state.activeTape = activeTape
  }
}

/** Frees what tfjs saved for a backward pass that an error keeps from coming. */
export function abandonTape(): void {
  const { state } = engine()
  if (state.gradientDepth !== 0 || !state.activeTape) return
  for (const { saved } of state.activeTape) dispose(saved ?? [])
  state.activeTape = []
}
