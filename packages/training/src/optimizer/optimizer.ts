import type { Tensor } from '@deepstruct/tensor'

/**
 * How parameters move along a gradient. The update of each parameter array is a pure function, and all that depends on
 * the step's number alone is computed on the host, in double precision.
 */
export interface Optimizer {
  /** The rule's name, for reports and for engines that have a kernel of their own for it. */
  readonly name: string
  /** The names of the arrays that are kept for each parameter, of its shape; they start at 0. */
  readonly slots: readonly string[]
  /**
   * The numbers that an update uses.
   *
   * @param step - how many updates went before
   */
  scalars(step: number): Readonly<Record<string, number>>
  /** The parameter and its slots after one step. */
  update(
    parameter: Tensor,
    gradient: Tensor,
    slots: Readonly<Record<string, Tensor>>,
    scalars: Readonly<Record<string, Tensor>>,
  ): { readonly parameter: Tensor; readonly slots: Readonly<Record<string, Tensor>> }
}
