import type { CostedEnergies } from '@deepstruct/losses'
import { add, mul, sub, type Tensor } from '@deepstruct/tensor'

/** How the cost of an output enters the hinge; see {@link violation}. */
export type HingeForm = 'margin' | 'slack' | 'contrastive' | 'perceptron'

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
