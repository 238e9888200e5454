import type { TaskLoss } from '@deepstruct/losses'
import { sub, type Tensor } from '@deepstruct/tensor'
import type { Energy } from './energy.ts'

/**
 * The cost-augmented energy $E(x, y) - \Delta(y^*, y)$, whose minimum is the output that violates the margin of a structured SVM
 * the most (Tsochantaridis et al. 2005, section 2.2.1).
 *
 * @param energy - the energy of each row
 * @param taskLoss - defined on relaxed outputs, differentiable in `y`
 * @param yTrue - the true outputs, `[batch, ...shape]`
 */
export function costAugmented(energy: Energy, taskLoss: TaskLoss, yTrue: Tensor): Energy {
  return (y) => sub(energy(y), taskLoss(yTrue, y))
}
