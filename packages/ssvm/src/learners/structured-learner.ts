import type { NDArray } from '@deepstruct/tensor'
import type { LabelWeights, StructuredProblem } from './structured-problem.ts'

/** Bounds of the minimum, as a pass found them. */
export interface PassReport {
  /** The primal objective, an upper bound; what inexact inference may have missed is in it where that is known. */
  readonly objective: number
  /** The dual objective, a lower bound. */
  readonly dual: number
  /** `(objective - dual) / objective`. */
  readonly gap: number
  /** Whether these are bounds under the weights as they are, and the gap is at most the tolerance. */
  readonly converged: boolean
}

/** A learner of structured machines that goes pass by pass. */
export interface StructuredLearner {
  /** Its name. */
  readonly name: string
  /** What it remembers between passes before the first one, as plain arrays. */
  start(problem: StructuredProblem): Memory
  /**
   * A pass over the examples. Weights and memory are changed in place.
   *
   * @param tolerance - the relative gap to stop at
   */
  pass(
    problem: StructuredProblem,
    weights: LabelWeights,
    memory: Memory,
    order: ArrayLike<number>,
    tolerance: number,
  ): Promise<PassReport>
}

/** Arrays by name, float32, so that a checkpoint can hold them. */
export type Memory = Readonly<Record<string, NDArray>>
