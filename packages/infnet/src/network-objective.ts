import { neg, relu, type Tensor } from '@deepstruct/tensor'

/** What an inference network minimizes, from a violation $v$; see {@link networkObjective}. */
export type NetworkObjective = 'hinge' | 'untruncated' | 'printed'

/**
 * What an inference network minimizes, so that its output violates the most.
 *
 * - `hinge`: $-[v]_+$, the maximum of the loss that the energy minimizes. A row without violation gives no gradient.
 * - `untruncated`: $-v$. All rows give one, so the network goes on looking for low energies when the energy has won (Tu, Pang and Gimpel
 *   2020, section 3.1).
 * - `printed`: $[-v]_+$, as the step of the network stands in some presentations of the method. It has a gradient exactly where `hinge` has
 *   none, and leaves the most violating outputs as they are.
 *
 * @param objective - which of the three
 * @param violated - $v$, `[batch]`
 * @returns `[batch]`, lower where more is violated
 */
export function networkObjective(objective: NetworkObjective, violated: Tensor): Tensor {
  switch (objective) {
    case 'hinge':
      return neg(relu(violated))
    case 'untruncated':
      return neg(violated)
    case 'printed':
      return relu(neg(violated))
  }
}
