import type { TracedSolution } from '@deepstruct/inference'
import { fill, neg, type Tensor } from '@deepstruct/tensor'

/** What was found in closed form, as the outcome of inference: the energy is the value with its sign turned, and no step was taken. */
export function solvedAtOnce(y: Tensor, value: Tensor): TracedSolution {
  const batch = y.shape.slice(0, 1)
  return { y, energy: neg(value), steps: fill(batch, 0, 'int32'), status: fill(batch, 0, 'int32') }
}
