import { DomainError } from '@deepstruct/tensor'

/** What the dual solvers of support vector machines share. */
export interface SvmOptions {
  /** The weight $C$ of the losses against $\tfrac12 \lVert w \rVert^2$; default 1. Losses are summed over the examples, as in LIBLINEAR. */
  readonly C?: number
  /** Stop when the duality gap is at most this share of the objective; default 1e-3. */
  readonly tolerance?: number
  /** The most passes over the examples; default 1000. */
  readonly maxIterations?: number
  /** The constant feature whose weight is the bias; 0 for none. Default 1. */
  readonly biasScale?: number
  /** Decides the order of the examples; default 0. */
  readonly seed?: number
}

/** How close a solver came. */
export interface Optimum {
  /** The primal objective, an upper bound of the minimum. */
  readonly objective: number
  /** The dual objective, a lower bound of the minimum. */
  readonly dual: number
  /** `(objective - dual) / objective`: by how much the objective may at most be too high. */
  readonly gap: number
  /** Passes over the examples. */
  readonly iterations: number
  /** Whether the gap reached the tolerance. */
  readonly converged: boolean
}

/** The gap between two bounds, relative to the upper one; 0 where both are 0. */
export function relativeGap(objective: number, dual: number): number {
  return objective === dual ? 0 : (objective - dual) / Math.abs(objective)
}

/** @throws {@link DomainError} for a weight that is no positive number */
export function checkC(name: string, C: number): void {
  if (!(C > 0 && Number.isFinite(C)))
    throw new DomainError({
      function: name,
      argument: 'C',
      got: String(C),
      expected: 'a positive number',
    })
}
