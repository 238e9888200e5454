import type { ExactInferencer } from '@deepstruct/inference'
import { hammingLabelLoss, type LabelLoss } from '../labels/label-loss.ts'
import type { BoundedSolution } from './integer-program.ts'
import {
  labelSetEnergy,
  type LossAugmentedInference,
  notServed,
  presence,
} from './loss-augmented.ts'

/**
 * Loss-augmented inference by any exact inferencer, for margin rescaling with a loss that is a sum over labels: the costs of states are
 * taken from their energies. `maxProduct` serves independent labels and trees, `integerProgram` every graph. Where the inferencer proves a bound, as the
 * linear relaxation does, the excess is what the rounded labels lack.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a loss that is no sum over labels
 */
export function inferredViolators(
  inferencer: ExactInferencer,
  loss: LabelLoss = hammingLabelLoss(),
): LossAugmentedInference {
  const { costs } = loss
  if (costs === undefined)
    throw notServed('inferredViolators', loss, 'a loss that is a sum over labels')
  return {
    loss,
    rescaling: 'margin',
    async find({ potentials, truth }) {
      const found = await inferencer(potentials, { cost: costs(truth) })
      const y = presence(found.y)
      const { bound } = found as Partial<BoundedSolution>
      if (bound === undefined) return { y }
      const labels = truth.shape[1]!
      const row = (of: typeof y, example: number): Float32Array =>
        (of.data as Float32Array).subarray(example * labels, (example + 1) * labels)
      const excess = Float64Array.from(bound.data, (below, example) => {
        const own = row(y, example)
        const augmented =
          labelSetEnergy(potentials, example, own) - loss.of(row(truth, example), own)
        // Below is a float32; what it may have lost is no excess.
        return Math.max(0, augmented - below - 1e-5 * (1 + Math.abs(below)))
      })
      return { y, excess }
    },
  }
}
