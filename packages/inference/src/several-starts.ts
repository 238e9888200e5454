import {
  isFinite,
  isTensor,
  type Tensor,
  logicalNot,
  logicalAnd,
  logicalOr,
  less,
  offTape,
} from '@deepstruct/tensor'
import type { Minimizer, Problem } from './minimizer.ts'
import { chooseRows } from './rows.ts'
import type { TracedSolution } from './solution.ts'

/** Where {@link severalStarts} starts from. */
export interface SeveralStartsOptions {
  /**
   * Further starts beside the problem's own, each `[batch, ...shape]` inside the domain. Random ones are made of noise that was
   * drawn on the host and entered the jitted function as an input.
   */
  readonly starts: readonly Tensor[] | ((problem: Problem) => readonly Tensor[])
}

/**
 * Runs a minimizer from several starts and keeps, for each row, the outcome of least energy; the first of equal ones. Energy,
 * steps, status and trace are those of that outcome.
 *
 * @param minimizer - any
 * @param options - the further starts
 */
export function severalStarts(minimizer: Minimizer, { starts }: SeveralStartsOptions): Minimizer {
  return (problem) => {
    const further = typeof starts === 'function' ? starts(problem) : starts
    return further
      .map((start) => minimizer({ ...problem, start }))
      .reduce((best, other) => offTape(() => lower(best, other)), minimizer(problem))
  }
}

/** Each row of the solution in which its energy is lower. */
function lower(a: TracedSolution, b: TracedSolution): TracedSolution {
  const takesB = logicalAnd(
    isFinite(b.energy),
    logicalOr(less(b.energy, a.energy), logicalNot(isFinite(a.energy))),
  )
  const choose = (x: Tensor, y: Tensor): Tensor => chooseRows(takesB, y, x)
  return {
    y: choose(a.y, b.y),
    energy: choose(a.energy, b.energy),
    steps: choose(a.steps, b.steps),
    status: choose(a.status, b.status),
    ...(isTensor(a.trace) && isTensor(b.trace) && { trace: choose(a.trace, b.trace) }),
  }
}
