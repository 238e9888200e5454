import {
  abs,
  add,
  cast,
  equal,
  expandDims,
  fill,
  greater,
  less,
  logicalAnd,
  logicalNot,
  logicalOr,
  loop,
  max,
  offTape,
  onesLike,
  range,
  scalar,
  ShapeError,
  sub,
  type Tensor,
  where,
  zeros,
} from '@deepstruct/tensor'
import type { Minimizer, Problem } from './minimizer.ts'
import { nonNegative, wholeNumber } from './options.ts'
import { axesOfRow, chooseRows, energyAndGradient, energyOfRows, isFinite } from './rows.ts'
import type { TracedSolution } from './solution.ts'
import type { Point, StepRule } from './step-rule.ts'

/** What all step-by-step minimizers can be told. */
export interface IterationOptions {
  /** The most steps; default 30. */
  readonly steps?: number
  /**
   * A row is done when the residual of its point is at most this; default never, which saves the test. See
   * {@link StepRule.residual} for what is measured.
   */
  readonly tolerance?: number
  /** Whether to hand out the energy at each point; default `false`. */
  readonly trace?: boolean
}

/** A minimizer that goes step by step: what {@link bestSoFar} and {@link unrolled} can wrap. */
export interface IterativeMinimizer extends Minimizer {
  /** How it gets from one point to the next. */
  readonly rule: StepRule
  /** How long it goes on. */
  readonly options: IterationOptions
}

/**
 * Makes a minimizer of a {@link StepRule}: the first point is the start, then each row moves until it is stationary within the tolerance,
 * its energy is no longer finite, or the steps are used up. A row that is done stays where it is while others go on. A row that
 * diverges returns to its last point with a finite energy; only if its start has none, its energy is not finite either.
 *
 * It runs off the tape: to derivatives taken outside its results are constants. A step costs the energy and its gradient, in
 * one pass, and what the rule does; the energy of the last point is computed at the end.
 *
 * @param rule - the method
 * @param options - steps, tolerance, trace
 * @throws {@link @deepstruct/tensor!DomainError} when `steps` is no positive whole number or `tolerance` is negative
 */
export function iterate(rule: StepRule, options: IterationOptions = {}): IterativeMinimizer {
  const search = searchOf(rule, options)
  return Object.assign(
    (problem: Problem) =>
      offTape(() => {
        const advance = search.advance(problem)
        return search.finish(problem, loop(search.steps, advance, search.begin(problem)))
      }),
    { rule, options },
  )
}

/** What is carried from step to step. */
export interface SearchState {
  /** Where each row stands; its energy is not known yet. */
  readonly y: Tensor
  /** The last point of each row with a finite energy. */
  readonly last: Evaluated
  /** The rows that still move, bool `[batch]`. */
  readonly moving: Tensor
  /** The rows that are done, bool `[batch]`. */
  readonly converged: Tensor
  /** The steps each row has taken, float32 `[batch]`. */
  readonly steps: Tensor
  /** What the rule remembers. */
  readonly memory: object
  /** The point of least energy, where that is asked for. */
  readonly best?: Evaluated
  /** The energies so far, `[batch, steps + 1]`, and how many they are. */
  readonly trace?: { readonly energies: Tensor; readonly length: Tensor }
}

interface Evaluated {
  readonly y: Tensor
  readonly energy: Tensor
}

/** A search in three parts, so that it can run in a loop, or step by step on the tape. */
export interface Search {
  readonly steps: number
  begin(problem: Problem): SearchState
  advance(problem: Problem): (state: SearchState) => SearchState
  finish(problem: Problem, state: SearchState): TracedSolution
}

/** What a {@link Search} does beyond going on. */
export interface SearchAims {
  /** End at the best of the points instead of the last one. */
  readonly best?: boolean
  /** Every point is looked at: rows that are done must stay where they are from step to step. */
  readonly iterates?: boolean
}

/** The search that {@link iterate} runs. */
export function searchOf(
  rule: StepRule,
  { steps = 30, tolerance, trace = false }: IterationOptions,
  aims: SearchAims = {},
): Search {
  wholeNumber('minimizer', 'steps', steps)
  if (tolerance !== undefined) nonNegative('minimizer', 'tolerance', tolerance)

  /** Books the energy of the point that the state stands at. */
  const book = (state: SearchState, energy: Tensor) => {
    const moving = logicalAnd(state.moving, isFinite(energy))
    const last = {
      y: chooseRows(moving, state.y, state.last.y),
      energy: where(moving, energy, state.last.energy),
    }
    return {
      moving,
      last,
      ...(state.best && { best: better(state.best, last) }),
      ...(state.trace && { trace: written(state.trace, last.energy) }),
    }
  }

  return {
    steps,

    begin(problem) {
      const { start, domain } = problem
      checkStart(start, domain.shape)
      const batch = start.shape[0] ?? 0
      return {
        y: start,
        last: { y: start, energy: fill([batch], Number.NaN) },
        moving: cast(fill([batch], 1), 'bool'),
        converged: zeros([batch], 'bool'),
        steps: zeros([batch]),
        memory: rule.begin(problem),
        ...(aims.best && { best: { y: start, energy: fill([batch], Number.POSITIVE_INFINITY) } }),
        ...(trace && { trace: { energies: zeros([batch, steps + 1]), length: scalar(0) } }),
      }
    },

    advance: (problem) => (state) => {
      const { energy, gradient } = energyAndGradient(problem.energy, state.y)
      const booked = book(state, energy)
      const point: Point = {
        y: state.y,
        previous: state.last.y,
        energy,
        gradient,
        steps: state.steps,
      }
      let { moving } = booked
      let { converged } = state
      if (tolerance !== undefined) {
        const residual = rule.residual?.(problem, point) ?? naturalResidual(problem, point)
        moving = logicalAnd(booked.moving, greater(residual, tolerance))
        converged = logicalOr(converged, logicalAnd(booked.moving, logicalNot(moving)))
      }
      const next = rule.step(problem, point, state.memory)
      // What happens to a row that has diverged does not matter, its last point is kept; so the plain case is spared a choice.
      const free = tolerance === undefined && !aims.iterates
      return {
        ...booked,
        y: free ? next.y : chooseRows(moving, next.y, booked.last.y),
        moving,
        converged,
        steps: add(state.steps, cast(moving, 'float32')),
        memory: next.memory,
      }
    },

    finish(problem, state) {
      const booked = book(state, energyOfRows(problem.energy, state.y))
      const { y, energy } = booked.best ?? booked.last
      const limit = onesLike(state.steps)
      const status = where(state.converged, 0, where(booked.moving, limit, 2))
      return {
        y,
        energy,
        steps: cast(state.steps, 'int32'),
        status: cast(status, 'int32'),
        ...(booked.trace && { trace: booked.trace.energies }),
      }
    },
  }
}

function naturalResidual({ domain }: Problem, { y, gradient }: Point): Tensor {
  const distance = abs(sub(y, domain.project(sub(y, gradient))))
  return y.rank === 1 ? distance : max(distance, axesOfRow(distance))
}

function better(best: Evaluated, other: Evaluated): Evaluated {
  const improved = less(other.energy, best.energy)
  return {
    y: chooseRows(improved, other.y, best.y),
    energy: where(improved, other.energy, best.energy),
  }
}

function written(
  trace: { readonly energies: Tensor; readonly length: Tensor },
  energy: Tensor,
): { readonly energies: Tensor; readonly length: Tensor } {
  const { energies, length } = trace
  const columns = cast(range(0, energies.shape[1] ?? 0), 'float32')
  const here = expandDims(equal(columns, length), 0)
  return { energies: where(here, expandDims(energy, 1), energies), length: add(length, 1) }
}

/** @throws {@link @deepstruct/tensor!ShapeError} when the start is no batch of outputs of this shape */
export function checkStart(start: Tensor, shape: readonly number[]): void {
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
