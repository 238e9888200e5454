import { keep } from '@tensorflow/tfjs-core'
import type { DeepstructError } from '../errors.ts'
import { offTape } from '../ops/tape.ts'
import type { Tensor } from '../ops/tensor.ts'

/** A condition on values that is looked at after a run. */
export interface Check {
  /** True where all is well: bool, any shape. */
  readonly flag: Tensor
  /** The error to throw otherwise. */
  readonly error: () => DeepstructError
}

// The check list of the run that is under way: jitted functions are synchronous, so there is at most one, but they may nest.
const running: Check[][] = []

/**
 * Demands that a condition holds. A jitted function cannot look at values; the engine looks after the run and throws.
 * Outside of a jitted function the values are read at once.
 *
 * @param flag - bool, any shape; every element must be true
 * @param error - makes the error to throw
 */
export function check(flag: Tensor, error: () => DeepstructError): void {
  const list = running.at(-1)
  // Kept, because the scopes around this place, those of gradients and loops, end before the run does.
  if (list !== undefined) list.push({ flag: keep(offTape(() => flag.clone())), error })
  else if (flag.dataSync().includes(0)) throw error()
}

/** A function's result beside the checks that it made. */
export interface Checked<R> {
  /** What the function returned. */
  readonly result: R
  /** The conditions to look at after the run. */
  readonly checks: readonly Check[]
}

/**
 * Runs a function and collects the checks it made; for engines. The flags belong to the caller, who frees them; when the function
 * throws they are freed here.
 */
export function collectChecks<R>(fn: () => R): Checked<R> {
  const checks: Check[] = []
  running.push(checks)
  try {
    return { result: fn(), checks }
  } catch (error) {
    for (const { flag } of checks) flag.dispose()
    throw error
  } finally {
    running.pop()
  }
}
