import { loop, offTape, ShapeError } from '@deepstruct/tensor'
import { bookedSearch } from './booked-search.ts'
import type { Minimizer, Problem } from './minimizer.ts'
import { nonNegative, wholeNumber } from './options.ts'
import { plainSearch } from './plain-search.ts'
import type { IterationOptions, Search } from './search.ts'
import type { TracedSolution } from './solution.ts'
import type { StepRule } from './step-rule.ts'

/** A minimizer that goes step by step: what {@link bestSoFar} and {@link unrolled} can wrap. */
export interface IterativeMinimizer extends Minimizer {
  /** How it gets from one point to the next. */
  readonly rule: StepRule
  /** How long it goes on. */
  readonly options: IterationOptions
}

/**
 * Makes a minimizer of a {@link StepRule}: the first point is the start, then each row moves until it is stationary within the tolerance or the
 * steps are used up. A row that is done stays where it is while others go on.
 *
 * A row has diverged when the energy of its last point, or the point itself, is not finite. It returns to its start, with the energy of that; only
 * if the start has none, its energy is not finite either. Where energies are looked at on the way (a tolerance, a trace, `fallback: 'last'`) a row
 * has diverged at the first energy or point that is not finite, and returns to the one before. An infinite gradient alone is no divergence: the
 * projection puts such a row on the border.
 *
 * It runs off the tape: to derivatives taken outside its results are constants. A step costs the gradient of the energy and what the rule does; the
 * energies of the last point and of the start are computed at the end.
 *
 * @param rule - the method
 * @param options - steps, tolerance, trace, fallback
 * @throws {@link @deepstruct/tensor!DomainError} when `steps` is no positive whole number or `tolerance` is negative
 */
export function iterate(rule: StepRule, options: IterationOptions = {}): IterativeMinimizer {
  const search = searchOf(rule, options)
  return Object.assign((problem: Problem) => looped(search, problem), { rule, options })
}

/** The search that {@link iterate} runs. */
export function searchOf(rule: StepRule, options: IterationOptions, best = false): Search {
  const { steps = 30, tolerance, trace = false, fallback = 'start' } = options
  wholeNumber('minimizer', 'steps', steps)
  if (tolerance !== undefined) nonNegative('minimizer', 'tolerance', tolerance)
  const plain = tolerance === undefined && !trace && !best && fallback === 'start'
  return plain
    ? plainSearch(rule, steps)
    : bookedSearch(rule, { steps, trace, best, ...(tolerance !== undefined && { tolerance }) })
}

/** Runs a search off the tape. */
export function looped({ steps, run }: Search, problem: Problem): TracedSolution {
  checkStart(problem)
  return offTape(() => run(problem, (step, first) => loop(steps, step, first)))
}

/** @throws {@link @deepstruct/tensor!ShapeError} when the start is no batch of outputs of the domain */
export function checkStart({ start, domain: { shape } }: Problem): void {
  if (
    start.rank !== shape.length + 1 ||
    shape.some((extent, axis) => extent !== start.shape[axis + 1])
  )
    throw new ShapeError({
      function: 'minimizer',
      argument: 'start',
      got: `of shape [${start.shape.join(', ')}]`,
      expected: `[${['batch', ...shape].join(', ')}], outputs of the domain`,
    })
}
