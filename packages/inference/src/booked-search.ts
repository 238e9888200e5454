import {
  abs,
  add,
  cast,
  equal,
  expandDims,
  fill,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  max,
  onesLike,
  range,
  scalar,
  sub,
  type Tensor,
  where,
  zeros,
} from '@deepstruct/tensor'
import type { Problem } from './minimizer.ts'
import { axesOfRow, chooseRows, energyAndGradient, energyOfRows, finiteRows } from './rows.ts'
import type { IterationOptions, Search } from './search.ts'
import type { Point, StepRule } from './step-rule.ts'

/** How a search books what it meets. */
export interface Booking extends Pick<IterationOptions, 'tolerance' | 'trace'> {
  /** The most steps. */
  readonly steps: number
  /** Ends at the best of the points instead of the last one; default `false`. */
  readonly best?: boolean
}

/** What is carried from step to step. */
interface Booked {
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
  readonly trace?: Energies
}

interface Evaluated {
  readonly y: Tensor
  readonly energy: Tensor
}

interface Energies {
  readonly energies: Tensor
  readonly length: Tensor
}

/**
 * A search that books the energy of each point: a step costs the energy and its gradient, in one pass, and what the rule does; the energy of the
 * last point is computed at the end. A row that is done stays where it is while others go on; one that diverges returns to its last point with a
 * finite energy.
 */
export function bookedSearch(
  rule: StepRule,
  { steps, tolerance, trace = false, best = false }: Booking,
): Search {
  const begin = (problem: Problem): Booked => {
    const { start } = problem
    const batch = start.shape[0] ?? 0
    return {
      y: start,
      last: { y: start, energy: fill([batch], Number.NaN) },
      moving: cast(fill([batch], 1), 'bool'),
      converged: zeros([batch], 'bool'),
      steps: zeros([batch]),
      memory: rule.begin(problem),
      ...(best && { best: { y: start, energy: fill([batch], Number.POSITIVE_INFINITY) } }),
      ...(trace && { trace: { energies: zeros([batch, steps + 1]), length: scalar(0) } }),
    }
  }

  const advance =
    (problem: Problem) =>
    (state: Booked): Booked => {
      const { y } = state
      const { energy, gradient } = energyAndGradient(problem.energy, y)
      const booked = book(state, energy)
      const point: Point = { y, energy, gradient }
      let { moving } = booked
      let { converged } = state
      if (tolerance !== undefined) {
        const residual = rule.residual?.(problem, point) ?? naturalResidual(problem, point)
        // A residual that is no number is not small.
        const done = logicalAnd(booked.moving, lessEqual(residual, tolerance))
        moving = logicalAnd(booked.moving, logicalNot(done))
        converged = logicalOr(converged, done)
      }
      const next = rule.step(problem, point, state.memory)
      return {
        ...booked,
        // What happens to a row that has diverged does not matter, its last point is kept; so without a tolerance there is no choice.
        y: tolerance === undefined ? next.y : chooseRows(moving, next.y, booked.last.y),
        moving,
        converged,
        steps: add(state.steps, cast(moving, 'float32')),
        memory: next.memory,
      }
    }

  return {
    steps,
    run(problem, repeat) {
      const state = repeat(advance(problem), begin(problem))
      const booked = book(state, energyOfRows(problem.energy, state.y))
      const { y, energy } = booked.best ?? booked.last
      const status = where(state.converged, 0, where(booked.moving, onesLike(state.steps), 2))
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

/** Books the energy of the point that the state stands at. */
function book(state: Booked, energy: Tensor): Pick<Booked, 'moving' | 'last' | 'best' | 'trace'> {
  const moving = logicalAnd(state.moving, finiteRows(state.y, energy))
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

function written({ energies, length }: Energies, energy: Tensor): Energies {
  const columns = cast(range(0, energies.shape[1] ?? 0), 'float32')
  const here = expandDims(equal(columns, length), 0)
  return { energies: where(here, expandDims(energy, 1), energies), length: add(length, 1) }
}
