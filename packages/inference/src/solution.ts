import type { NDArray, Tensor } from '@deepstruct/tensor'

/** How the search for one example ended. A step limit is no error: the best point so far is there. */
export type Status = 'converged' | 'step limit' | 'diverged'

/** The codes of {@link Status} inside a jitted function, by position. */
export const statuses: readonly Status[] = ['converged', 'step limit', 'diverged']

/** The outcome of inference inside a jitted function. */
export interface TracedSolution {
  /** The relaxed outputs found, `[batch, ...shape]`. */
  readonly y: Tensor
  /** Their energies, `[batch]`. */
  readonly energy: Tensor
  /** The steps each row took until it stopped, int32 `[batch]`. */
  readonly steps: Tensor
  /** The position of each row's status in {@link statuses}, int32 `[batch]`. */
  readonly status: Tensor
  /** The energies on the way, `[batch, steps + 1]`, where they were asked for. */
  readonly trace?: Tensor
}

/** The outcome of inference. */
export interface Solution {
  /** The relaxed outputs found, `[batch, ...shape]`. */
  readonly y: NDArray
  /** Their energies, `[batch]`; lower is better. */
  readonly energy: NDArray
  /** The steps each row took until it stopped, int32 `[batch]`. */
  readonly steps: NDArray
  /** How each row ended. */
  readonly status: readonly Status[]
  /** The energies on the way, `[batch, steps + 1]`, where they were asked for. */
  readonly trace?: NDArray
}
