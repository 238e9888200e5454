import type { Tensor } from '../ops/tensor.ts'

/** One step of a scan on the leaves of its trees. */
export type FlatStep = (
  params: readonly Tensor[],
  state: readonly Tensor[],
  input: readonly Tensor[],
) => FlatResult

/** The leaves of what a step gives, or a whole walk. */
export interface FlatResult {
  /** The next state. */
  readonly state: readonly Tensor[]
  /** What is given beside it. */
  readonly outputs: readonly Tensor[]
}

/** The leaves that a walk is given. */
export interface FlatArguments {
  /** What every step reads. */
  readonly params: readonly Tensor[]
  /** The first state. */
  readonly state: readonly Tensor[]
  /** What the steps read in turn, `[time, ...]`. */
  readonly inputs: readonly Tensor[]
}
