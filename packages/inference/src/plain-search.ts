import { cast, fill, where } from '@deepstruct/tensor'
import { chooseRows, energyAndGradient, energyOfRows, finiteRows } from './rows.ts'
import type { Search } from './search.ts'
import type { StepRule } from './step-rule.ts'

/**
 * A search that looks at nothing on its way: a step costs the gradient and what the rule does. A row that has left the numbers stays outside, so
 * its last point tells whether it has diverged.
 */
export function plainSearch(rule: StepRule, steps: number): Search {
  return {
    steps,
    run(problem, repeat) {
      const { energy, start } = problem
      const { y: end } = repeat(
        ({ y, memory }) => rule.step(problem, { y, ...energyAndGradient(energy, y) }, memory),
        { y: start, memory: rule.begin(problem) },
      )
      const reached = energyOfRows(energy, end)
      const finite = finiteRows(end, reached)
      return {
        y: chooseRows(finite, end, start),
        energy: where(finite, reached, energyOfRows(energy, start)),
        steps: cast(fill(reached.shape, steps), 'int32'),
        status: cast(where(finite, fill(reached.shape, 1), 2), 'int32'),
      }
    },
  }
}
