import type { Host, Random } from '@deepstruct/tensor'
import type { Device } from '@deepstruct/tensor'
import type { Dataset, Evaluation, Labeled, Phase } from '@deepstruct/training'
import type { Memory, PassReport } from '../learners/structured-learner.ts'
import { wholeSet } from './whole-set.ts'

/** A state with what a solver remembers between passes. */
export type WithMemory = { readonly memory?: unknown }

/** What {@link solverPhases} run. */
export interface SolverPhasesOptions<S> {
  /** For progress. */
  readonly name: string
  /** The most passes. */
  readonly passes: number
  /** One pass over all examples. */
  pass(
    state: Host<S>,
    examples: Host<Labeled>,
    random: Random,
  ): Promise<{ readonly state: Host<S>; readonly report: PassReport }>
  /** Measures a state on held-out examples. */
  evaluate(state: Device<S>, data: Dataset<Host<Labeled>>): Promise<Evaluation>
}

/**
 * The phases of a solver on the host: one that goes on until its gap is small enough, each step a pass over all examples; and one that drops what
 * the solver remembered, which prediction does not need.
 */
export function solverPhases<S extends WithMemory>(
  options: SolverPhasesOptions<S>,
): readonly Phase<S, Labeled>[] {
  const { name, passes, pass, evaluate } = options
  return [
    {
      name,
      epochs: passes,
      // The optimum is what is asked for; a score on held-out examples chooses among settings, not among passes.
      keeps: 'last',
      batch: wholeSet,
      turns: [
        {
          name,
          async step(state, batch, random) {
            const { state: next, report } = await pass(state, batch, random)
            const { objective, dual, gap, converged } = report
            return {
              state: next,
              metrics: { loss: objective, dual, gap },
              done: converged,
            }
          },
        },
      ],
      evaluate,
    },
    {
      name: 'finish',
      epochs: 1,
      keeps: 'last',
      turns: [
        {
          step: (state) => {
            const { memory: _, ...kept } = state as Host<S> & { memory?: Memory }
            return Promise.resolve({ state: kept as Host<S>, metrics: {}, done: true })
          },
        },
      ],
      evaluate,
    },
  ]
}
