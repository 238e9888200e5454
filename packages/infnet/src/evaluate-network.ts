import type { Minimizer } from '@deepstruct/inference'
import { evaluateMultilabel, type Labeled, type Phase } from '@deepstruct/training'
import { refuseCollapse } from './collapse.ts'
import type { EnergyPart } from './energy-part.ts'
import type { InferenceNetwork } from './inference-network.ts'
import { networkSolver } from './network-solver.ts'

/** The evaluation of a phase by the answers of a network, which must not have collapsed. */
export function evaluateNetwork<S, F>(
  name: string,
  model: EnergyPart<S, F>,
  network: InferenceNetwork<S>,
  refine?: Minimizer,
): NonNullable<Phase<S, Labeled>['evaluate']> {
  const requireSpread = refuseCollapse(name, (state: S, x) => network.answer(state, x))
  const measure = evaluateMultilabel(networkSolver(model, network, refine))
  return async (state, data) => {
    await requireSpread(state, data)
    return measure(state, data)
  }
}
