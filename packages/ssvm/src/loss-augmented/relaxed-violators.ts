import {
  box,
  maxProduct,
  type Minimizer,
  potentialsEnergy,
  projectedGradient,
} from '@deepstruct/inference'
import { jit, mul, type NDArray, stack, sub, sum, type Tensor } from '@deepstruct/tensor'
import { hammingLabelLoss, type LabelLoss } from '../labels/label-loss.ts'
import { type LossAugmentedInference, notServed, presence } from './loss-augmented.ts'

/**
 * Approximate loss-augmented inference by a gradient-based minimizer on relaxed labels, rounded: for any graph of any size, margin rescaling, and
 * a loss that is a sum over labels. Nothing is known of how far from the worst the label sets are: a gap of training with it is that against the label sets that were
 * found, and proves nothing.
 *
 * @param minimizer - default 30 steps of projected gradient of size 0.1 with momentum 0.9
 * @throws {@link @deepstruct/tensor!DomainError} for a loss that is no sum over labels
 */
export function relaxedViolators(
  loss: LabelLoss = hammingLabelLoss(),
  minimizer: Minimizer = projectedGradient({ steps: 30, stepSize: 0.1, momentum: 0.9 }),
): LossAugmentedInference {
  const { costs } = loss
  if (costs === undefined)
    throw notServed('relaxedViolators', loss, 'a loss that is a sum over labels')
  const search = jit(
    (unary: Tensor, edges: Tensor, pairwise: Tensor, cost: Tensor) => {
      const [batch, labels] = unary.shape as [number, number]
      const domain = box([labels])
      const states = (y: Tensor): Tensor => stack([sub(1, y), y], 2)
      const { y } = minimizer({
        domain,
        start: domain.start(batch),
        energy: (relaxed) => {
          const indicators = states(relaxed)
          return sub(
            potentialsEnergy({ unary, edges, pairwise }, indicators),
            sum(mul(cost, indicators), [1, 2]),
          )
        },
      })
      return { y: states(domain.round(y)) }
    },
    { name: 'relaxed-violators' },
  )
  return {
    loss,
    rescaling: 'margin',
    async find({ potentials, truth }) {
      const { unary, edges, pairwise } = potentials
      const cost: NDArray = costs(truth)
      // Without pairs the minimum is at a corner, which decides each label by itself.
      if (edges.shape[0] === 0) return { y: presence((await maxProduct(potentials, { cost })).y) }
      const { y } = await search(unary, edges, pairwise, cost)
      return { y: presence(y) }
    },
  }
}
