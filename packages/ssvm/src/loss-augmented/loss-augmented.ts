import type { Potentials } from '@deepstruct/inference'
import { DomainError, type NDArray } from '@deepstruct/tensor'
import type { LabelLoss } from '../labels/label-loss.ts'

/** How the cost enters the hinge: as the margin, or as the scale of the violation. */
export type Rescaling = 'margin' | 'slack'

/** What loss-augmented inference is asked, for a batch of examples. */
export interface Violators {
  /** Energies of label sets: two states for each label, absent and present. */
  readonly potentials: Potentials<NDArray>
  /** The true labels, `[batch, labels]` in {0, 1}. */
  readonly truth: NDArray
}

/** The label sets that violate the margin the most. */
export interface Violations {
  /** The label sets, `[batch, labels]` in {0, 1}. */
  readonly y: NDArray
  /**
   * Where inference is not exact but has a bound: at most this much larger may the hinge of an example be. Left out where inference is exact, and
   * where nothing is known.
   */
  readonly excess?: Float64Array
}

/**
 * Finds the label sets that violate the margin the most, $\hat y = \arg\max_y \Delta(y^*, y) - E(y)$, or with slack rescaling
 * $\arg\max_y \Delta(y^*, y) (1 + E(y^*) - E(y))$.
 */
export interface LossAugmentedInference {
  /** The cost. */
  readonly loss: LabelLoss
  /** How it enters. */
  readonly rescaling: Rescaling
  /** The search. */
  find(request: Violators): Promise<Violations>
}

/** The energy of a label set under the potentials of an example. */
export function labelSetEnergy(
  { unary, edges, pairwise }: Potentials<NDArray>,
  example: number,
  y: ArrayLike<number>,
): number {
  const [, labels] = unary.shape as [number, number]
  const count = edges.shape[0]!
  let total = 0
  for (let i = 0; i < labels; i++) total += unary.data[(example * labels + i) * 2 + y[i]!]!
  for (let e = 0; e < count; e++)
    total += pairwise.data[(e * 2 + y[edges.data[2 * e]!]!) * 2 + y[edges.data[2 * e + 1]!]!]!
  return total
}

/** The column of presence of indicators `[batch, labels, 2]`, as `[batch, labels]`. */
export function presence({ shape, data }: NDArray): NDArray {
  const [batch, labels] = shape as [number, number]
  const y = Float32Array.from({ length: batch * labels }, (_, i) =>
    data[2 * i + 1]! > 0.5 ? 1 : 0,
  )
  return { shape: [batch, labels], dtype: 'float32', data: y }
}

/** Says that a search does not serve a loss. */
export function notServed(name: string, loss: LabelLoss, expected: string): DomainError {
  return new DomainError({
    function: name,
    argument: 'loss',
    got: `'${loss.name}'`,
    expected,
    why: 'enumeratedViolators serves every loss where labels are few',
  })
}
