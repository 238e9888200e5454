import {
  add,
  div,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  loop,
  minimum,
  mul,
  sub,
  type Tensor,
  where,
  zeros,
} from '@deepstruct/tensor'
import type { Problem } from './minimizer.ts'
import { fraction, wholeNumber } from './options.ts'
import { chooseRows, energyOfRows, rowDot } from './rows.ts'
import type { Point } from './step-rule.ts'

/** How a step that does not lower the energy enough is shortened, each row by itself. */
export interface Backtracking {
  /** What a refused step is multiplied by, in $(0, 1)$; default 0.5. */
  readonly shrink?: number
  /** The share $c$ of the predicted decrease that is demanded (Armijo); default $10^{-4}$. */
  readonly sufficientDecrease?: number
  /** How many lengths are tried in a step, each at the cost of one energy; default 4. */
  readonly attempts?: number
}

/** A step under search. */
export interface StepSearch {
  /** The point for these step lengths, `[batch]`; only the first attempt may use momentum. */
  readonly propose: (lengths: Tensor, first: boolean) => Tensor
  /** The first lengths to try, `[batch]`. */
  readonly lengths: Tensor
  /** The longest length ever. */
  readonly longest: number
}

/**
 * Takes the first proposal of each row with
 *
 * $$ E(y') \le E(y) + c \min(0, \langle \nabla E(y), y' - y \rangle) $$
 *
 * (Bertsekas 1976, along the projection arc). A row without one stays where it is and tries shorter ones at the next step; a row whose first
 * proposal served tries a longer one. So the energy never rises, up to the rounding of one evaluation.
 *
 * @returns the next points and the lengths to begin with next time
 */
export function backtrack(
  { energy }: Problem,
  point: Point,
  { propose, lengths, longest }: StepSearch,
  { shrink = 0.5, sufficientDecrease = 1e-4, attempts = 4 }: Backtracking,
): { readonly y: Tensor; readonly lengths: Tensor } {
  interface Attempt {
    readonly y: Tensor
    readonly lengths: Tensor
    readonly accepted: Tensor
  }
  const attempt =
    (first: boolean) =>
    (state: Attempt): Attempt => {
      const proposal = propose(state.lengths, first)
      const predicted = rowDot(point.gradient, sub(proposal, point.y))
      const demanded = add(point.energy, mul(sufficientDecrease, minimum(predicted, 0)))
      const serves = lessEqual(energyOfRows(energy, proposal), demanded)
      const chosen = logicalAnd(serves, logicalNot(state.accepted))
      const accepted = logicalOr(state.accepted, serves)
      return {
        y: chooseRows(chosen, proposal, state.y),
        lengths: where(accepted, state.lengths, mul(state.lengths, shrink)),
        accepted,
      }
    }
  const first = attempt(true)({
    y: point.y,
    lengths,
    accepted: zeros(lengths.shape, 'bool'),
  })
  const { y, lengths: used } = loop(attempts - 1, attempt(false), first)
  const longer = minimum(div(used, shrink), longest)
  return { y, lengths: where(first.accepted, longer, used) }
}

/** @throws {@link @deepstruct/tensor!DomainError} when an option is out of range */
export function checkBacktracking(name: string, backtracking: Backtracking): void {
  const { shrink, sufficientDecrease, attempts } = backtracking
  if (shrink !== undefined) fraction(name, 'shrink', shrink, Number.MIN_VALUE)
  if (sufficientDecrease !== undefined) fraction(name, 'sufficientDecrease', sufficientDecrease)
  if (attempts !== undefined) wholeNumber(name, 'attempts', attempts)
}
