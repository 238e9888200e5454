import { notATensor } from './gradient.ts'
import { isTensor, type Tensor } from './ops/tensor.ts'
import { flatten } from './tree.ts'

/**
 * The sum over all shares of a batch. An engine may split the rows of a call among workers (see the option `split` of `jit`); each then
 * computes what is before this sum for its rows, and everything after it from the totals. Where nothing is split, the values themselves.
 *
 * What is handed in must be sums over rows: of losses, of their gradients, of weights; not means. A function calls it once, outside of
 * gradients, with everything that depends on the rows.
 *
 * @param sums - a tree of tensors
 * @returns the same tree of totals
 *
 * @example
 * ```ts
 * import { array, div, jit, onesLike, sum, sumOverShares, type Tensor } from '@deepstruct/tensor'
 *
 * const mean = jit(
 *   (x: Tensor) => {
 *     const totals = sumOverShares({ total: sum(x), rows: sum(onesLike(x)) })
 *     return div(totals.total, totals.rows)
 *   },
 *   { split: [0] },
 * )
 * await mean(array([1, 2, 6])) // 3
 * ```
 */
export function sumOverShares<T extends object>(sums: T): T {
  const summation = summations.at(-1)
  if (summation === undefined) return sums
  const { leaves, rebuild } = flatten(sums, isTensor, notATensor('sumOverShares'))
  return rebuild(summation(leaves)) as T
}

/** Gives the totals of sums over rows. */
export type Summation = (sums: readonly Tensor[]) => readonly Tensor[]

// Those of the engines that split right now; tracing is synchronous, so there is at most one.
const summations: Summation[] = []

/** Runs a function with another way to {@link sumOverShares}; for engines. */
export function sharing<R>(summation: Summation, fn: () => R): R {
  summations.push(summation)
  try {
    return fn()
  } finally {
    summations.pop()
  }
}
