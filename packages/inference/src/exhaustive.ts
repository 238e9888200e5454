import {
  add,
  broadcastTo,
  cast,
  constant,
  fill,
  gather,
  isFinite,
  less,
  loop,
  offTape,
  type Tensor,
  where,
  zeros,
} from '@deepstruct/tensor'
import { cornerLimit } from './domain.ts'
import { checkStart } from './iterate.ts'
import type { Minimizer } from './minimizer.ts'
import { chooseRows, energyOfRows } from './rows.ts'

/** How far {@link exhaustive} goes. */
export interface ExhaustiveOptions {
  /** The most corners to try; default {@link cornerLimit}. */
  readonly limit?: number
}

/**
 * Tries every corner of the domain: exact among the structures, for small outputs. Relaxed points that lie lower are not seen.
 *
 * Corners without a finite energy are passed over. The first of equal ones is taken.
 *
 * @returns `steps` are the corners tried; every row has `'converged'`, or `'diverged'` when no corner has a finite energy
 * @throws {@link @deepstruct/tensor!DomainError} when the domain has more corners than the limit
 */
export function exhaustive({ limit = cornerLimit }: ExhaustiveOptions = {}): Minimizer {
  interface Best {
    readonly y: Tensor
    readonly energy: Tensor
    readonly next: Tensor
  }
  return (problem) =>
    offTape(() => {
      checkStart(problem)
      const { energy, domain, start } = problem
      const batch = start.shape[0] ?? 0
      const corners = constant(domain.corners(limit))
      const count = corners.shape[0] ?? 0
      const first: Best = {
        y: start,
        energy: fill([batch], Number.POSITIVE_INFINITY),
        next: zeros([1], 'int32'),
      }
      const one = cast(fill([1], 1), 'int32')
      const best = loop<Best>(
        count,
        ({ y, energy: least, next }) => {
          // Projected, so that masked positions are 0.
          const corner = domain.project(broadcastTo(gather(corners, next), start.shape))
          const rows = energyOfRows(energy, corner)
          const better = less(rows, least)
          return {
            y: chooseRows(better, corner, y),
            energy: where(better, rows, least),
            next: add(next, one),
          }
        },
        first,
      )
      return {
        y: best.y,
        energy: best.energy,
        steps: cast(fill([batch], count), 'int32'),
        status: cast(where(isFinite(best.energy), fill([batch], 0), 2), 'int32'),
      }
    })
}
