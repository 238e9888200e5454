import { type EnumerationOptions, visitAssignments } from '@deepstruct/inference'
import { hammingLabelLoss, type LabelLoss } from '../labels/label-loss.ts'
import { labelSetEnergy, type LossAugmentedInference, type Rescaling } from './loss-augmented.ts'

/**
 * Loss-augmented inference by trying every label set: exact for every graph, loss and rescaling, where labels are few.
 *
 * @returns a search that throws {@link @deepstruct/tensor!DomainError} when there are too many label sets; it says how many
 */
export function enumeratedViolators(
  loss: LabelLoss = hammingLabelLoss(),
  rescaling: Rescaling = 'margin',
  { limit }: EnumerationOptions = {},
): LossAugmentedInference {
  return {
    loss,
    rescaling,
    find({ potentials, truth }) {
      const [batch, labels] = truth.shape as [number, number]
      const data = truth.data as Float32Array
      const own = Float64Array.from({ length: batch }, (_, example) =>
        labelSetEnergy(
          potentials,
          example,
          data.subarray(example * labels, (example + 1) * labels),
        ),
      )
      const y = new Float32Array(data.length)
      const most = new Float64Array(batch).fill(Number.NEGATIVE_INFINITY)
      let [of, row] = [-1, data]
      visitAssignments(
        'enumeratedViolators',
        potentials,
        (example, chosen, energy) => {
          if (example !== of) {
            of = example
            row = data.subarray(example * labels, (example + 1) * labels)
          }
          const cost = loss.of(row, chosen)
          const violation =
            rescaling === 'margin' ? cost - energy : cost * (1 + own[example]! - energy)
          if (violation <= most[example]!) return
          most[example] = violation
          y.set(chosen, example * labels)
        },
        limit,
      )
      return Promise.resolve({ y: { ...truth, data: y } })
    },
  }
}
