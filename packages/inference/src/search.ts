import type { Tensor } from '@deepstruct/tensor'
import type { Problem } from './minimizer.ts'
import type { TracedSolution } from './solution.ts'

/** What all step-by-step minimizers can be told. */
export interface IterationOptions {
  /** The most steps; default 30. */
  readonly steps?: number
  /**
   * A row is done when the residual of its point is at most this; default never, which saves the test. See
   * {@link StepRule.residual} for what is measured.
   */
  readonly tolerance?: number
  /** Whether to hand out the energy at each point; default `false`. */
  readonly trace?: boolean
  /**
   * Where a row returns to that has diverged. `'start'`, the default, looks at the last point only; `'last'`, the last point with a finite energy,
   * computes the energy at each step, as a search with a tolerance or a trace does anyway.
   */
  readonly fallback?: 'start' | 'last'
}

/** Takes the steps of a search, from the first state to the last. */
type Repeat = <S extends { readonly y: Tensor }>(step: (state: S) => S, first: S) => S

/** A search that leaves it to the caller how its steps are taken: in a loop, or one by one on the tape. */
export interface Search {
  /** How many steps the caller takes. */
  readonly steps: number
  /** From the start to the solution. */
  run(problem: Problem, repeat: Repeat): TracedSolution
}
