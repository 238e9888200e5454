import type { DeepstructError } from '../errors.ts'
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
  if (list !== undefined) list.push({ flag, error })
  else if (flag.dataSync().includes(0)) throw error()
}

/** A function's result beside the checks that it made. */
export interface Checked<R> {
  /** What the function returned. */
  readonly result: R
  /** The conditions to look at after the run. */
  readonly checks: readonly Check[]
}

/** Runs a function and collects the checks it made; for engines. */
export function collectChecks<R>(fn: () => R): Checked<R> {
  const checks: Check[] = []
  running.push(checks)
  try {
    return { result: fn(), checks }
  } finally {
    running.pop()
  }
}
