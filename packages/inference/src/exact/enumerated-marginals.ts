import type { NDArray } from '@deepstruct/tensor'
import type { EnumerationOptions } from './enumeration.ts'
import type { Potentials } from './potentials.ts'
import type { Marginals } from './sum-product.ts'
import { visitAssignments } from './visit-assignments.ts'

/**
 * The partition function and the marginals by visiting every assignment: exact for any graph, where it is small.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when the parts do not fit each other
 * @throws {@link @deepstruct/tensor!DomainError} when there are more assignments than the limit
 */
export function enumeratedMarginals(
  potentials: Potentials<NDArray>,
  { limit }: EnumerationOptions = {},
): Marginals {
  const { shape } = potentials.unary
  const [batch, variables, states] = shape as [number, number, number]
  const least = new Float64Array(batch).fill(Number.POSITIVE_INFINITY)
  visitAssignments(
    'enumeratedMarginals',
    potentials,
    (example, _, energy) => {
      least[example] = Math.min(least[example]!, energy)
    },
    limit,
  )
  const sums = new Float64Array(batch)
  const weights = new Float64Array(batch * variables * states)
  visitAssignments(
    'enumeratedMarginals',
    potentials,
    (example, chosen, energy) => {
      const weight = Math.exp(least[example]! - energy)
      sums[example]! += weight
      for (let i = 0; i < variables; i++)
        if (chosen[i]! >= 0) weights[(example * variables + i) * states + chosen[i]!]! += weight
    },
    limit,
  )
  return {
    logPartition: {
      shape: [batch],
      dtype: 'float32',
      data: Float32Array.from(sums, (sum, example) => Math.log(sum) - least[example]!),
    },
    marginals: {
      shape,
      dtype: 'float32',
      data: Float32Array.from(weights, (weight, i) => {
        const example = Math.floor(i / (variables * states))
        return weight / sums[example]!
      }),
    },
  }
}
