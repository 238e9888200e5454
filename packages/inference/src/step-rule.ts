import type { Tensor } from '@deepstruct/tensor'
import type { Problem } from './minimizer.ts'

/** Where the rows of a batch stand between two steps. */
export interface Point {
  /** The point of each row, `[batch, ...shape]`. */
  readonly y: Tensor
  /** The energy at `y`, `[batch]`. */
  readonly energy: Tensor
  /** The gradient of the energy at `y`, of its shape. */
  readonly gradient: Tensor
}

/**
 * How a method gets from one point to the next; {@link iterate} makes a minimizer of it. A rule need not look out for rows that are
 * done or have diverged: what it proposes for them is dropped.
 *
 * `M` is a tree of tensors, what the method remembers from step to step.
 */
export interface StepRule<M extends object = object> {
  /** The memory before the first step. */
  begin(problem: Problem): M
  /** The next point of each row, inside the domain. */
  step(problem: Problem, point: Point, memory: M): { readonly y: Tensor; readonly memory: M }
  /**
   * How far each row is from a stationary point, `[batch]`, not negative; asked for when there is a tolerance. Default the natural
   * residual $\lVert y - P(y - \nabla E(y)) \rVert_\infty$, which is 0 exactly at the stationary points.
   */
  residual?(problem: Problem, point: Point): Tensor
}
