import type { Host, Random, Tensor } from '@deepstruct/tensor'

/**
 * The part of an energy that looks at the labels together and not at the input: $E_\text{label}(y)$, `[batch, labels] → [batch]`. Any
 * function of this form can stand in its place.
 */
export interface LabelEnergy<P = unknown> {
  /** Fresh parameters. */
  init(random: Random): Host<P>
  /** The energy of each row, `[batch]`; lower is better. */
  energy(params: P, y: Tensor): Tensor
}
