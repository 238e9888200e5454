import type { CostedEnergies } from '@deepstruct/losses'
import { add, mul, neg, relu, sub, type Tensor } from '@deepstruct/tensor'

/** How the cost of an output enters the hinge; see {@link violation}. */
export type HingeForm = 'margin' | 'slack' | 'contrastive' | 'perceptron'

/** What an inference network minimizes, from a {@link violation} $v$; see {@link networkObjective}. */
export type NetworkObjective = 'hinge' | 'untruncated' | 'printed'

/**
 * By how much an output violates what the energy is to learn: the inside of the hinge, whose positive part $[v]_+$ is minimized over the
 * energy.
 *
 * | form | $v$ |
 * | --- | --- |
 * | margin | $\Delta - E(\hat y) + E(y)$ |
 * | slack | $\Delta\,(1 - E(\hat y) + E(y))$ |
 * | contrastive | $1 - E(\hat y) + E(y)$ |
 * | perceptron | $E(y) - E(\hat y)$ |
 *
 * The four of Tu and Gimpel (2018, section 3); with the maximum over $\hat y$ instead of a network they are the losses of
 * `@deepstruct/losses`.
 *
 * @param form - of the hinge
 * @param energies - of the true and the network's output, with the cost $\Delta \ge 0$; each `[batch]`
 * @returns `[batch]`; positive where the output lies too low
 */
export function violation(
  form: HingeForm,
  { energyTrue, energyPredicted, taskLoss }: CostedEnergies,
): Tensor {
  const gap = sub(energyTrue, energyPredicted)
  switch (form) {
    case 'margin':
      return add(taskLoss, gap)
    case 'slack':
      return mul(taskLoss, add(1, gap))
    case 'contrastive':
      return add(1, gap)
    case 'perceptron':
      return gap
  }
}

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
