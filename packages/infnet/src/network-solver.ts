import { type Minimizer, statuses, type TracedSolution } from '@deepstruct/inference'
import { cast, fill, isFinite, type Tensor, where } from '@deepstruct/tensor'
import type { EnergyPart } from './energy-part.ts'
import type { InferenceNetwork } from './inference-network.ts'

/**
 * Inference by a network: one forward pass, no search. A minimizer may go on from there, so that it starts where the network ends
 * (a warm start).
 *
 * @param model - whose energy is reported, and refined
 * @param network - answers
 * @param refine - what goes on from the answer; default nothing
 * @returns a traceable function of state and inputs, as a `predictor` takes; the solution has no steps without refining
 */
export function networkSolver<S, F>(
  model: EnergyPart<S, F>,
  network: InferenceNetwork<S>,
  refine?: Minimizer,
): (state: S, x: Tensor) => TracedSolution {
  return (state, x) => {
    const y = network.answer(state, x)
    const features = model.encode(state, x)
    const energy = (point: Tensor): Tensor => model.energy(state, features, point)
    if (refine !== undefined) return refine({ energy, domain: model.domain(features), start: y })
    const found = energy(y)
    return {
      y,
      energy: found,
      steps: fill(found.shape, 0, 'int32'),
      status: cast(
        where(isFinite(found), statuses.indexOf('converged'), statuses.indexOf('diverged')),
        'int32',
      ),
    }
  }
}
