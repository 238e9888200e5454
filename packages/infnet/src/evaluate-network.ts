import type { Minimizer, TracedSolution } from '@deepstruct/inference'
import type { Tensor } from '@deepstruct/tensor'
import { evaluateMultilabel, type Labeled, type Phase } from '@deepstruct/training'
import { refuseCollapse } from './collapse.ts'
import type { EnergyPart } from './energy-part.ts'
import type { InferenceNetwork } from './inference-network.ts'
import { networkSolver } from './network-solver.ts'

/** Measures what runs at test time on held-out data, for instance `evaluateTags` of `@deepstruct/training`. */
export type Measure = <S>(
  solve: (state: S, x: Tensor) => TracedSolution,
) => NonNullable<Phase<S, Labeled>['evaluate']>

/** The evaluation of a phase by the answers of a network, which must not have collapsed. */
export function evaluateNetwork<S, F>(
  name: string,
  model: EnergyPart<S, F>,
  network: InferenceNetwork<S>,
  {
    refine,
    measure = evaluateMultilabel,
  }: { readonly refine?: Minimizer | undefined; readonly measure?: Measure | undefined },
): NonNullable<Phase<S, Labeled>['evaluate']> {
  const requireSpread = refuseCollapse(name, (state: S, x) => network.answer(state, x))
  const measured = measure(networkSolver(model, network, refine))
  return async (state, data) => {
    await requireSpread(state, data)
    return measured(state, data)
  }
}
