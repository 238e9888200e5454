import {
  add,
  any,
  equal,
  expandDims,
  max,
  range,
  relu,
  sub,
  sum,
  type Tensor,
  where,
} from '@deepstruct/tensor'
import { countedPart, type LossOptions, reduceRows, requireRank, requireSame } from './reduction.ts'
import { requireValues } from './require-values.ts'

/** The options of the multi-class hinges. */
export interface MulticlassHingeOptions extends LossOptions {
  /** By how much the right class has to win; default 1. */
  readonly margin?: number
}

/**
 * The multi-class hinge of Crammer and Singer (2001, section 3): the right class against the best wrong one.
 *
 * $$
 * \Bigl[\max_{k \ne y} (m + s_k) - s_y\Bigr]_+
 * $$
 *
 * @param scores - $s$, `[batch, classes]`
 * @param labels - $y$, int32 `[batch]`, in `0 … classes - 1`
 * @param options - reduction, mask, margin $m$
 * @returns a scalar, or `[batch]` without reduction
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes do not belong together
 * @throws {@link @deepstruct/tensor!DomainError} for a label that is no class
 *
 * @example
 * ```ts
 * import { crammerSinger } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(crammerSinger)(array([[2, 1.5, 1.25]]), array([0], 'int32'), {}) // 1 + 1.5 - 2 = 0.5
 * ```
 */
export function crammerSinger(
  scores: Tensor,
  labels: Tensor,
  options: MulticlassHingeOptions = {},
): Tensor {
  const { right, violations } = compared('crammerSinger', scores, labels, options)
  // The right class competes without a margin: at worst it equals itself, which is the hinge's zero.
  return reduceRows('crammerSinger', max(where(right, 0, violations), 1), options)
}

/**
 * The multi-class hinge of Weston and Watkins (1999, section 3): the right class against every wrong one.
 *
 * $$
 * \sum_{k \ne y} [m + s_k - s_y]_+
 * $$
 *
 * @param scores - $s$, `[batch, classes]`
 * @param labels - $y$, int32 `[batch]`, in `0 … classes - 1`
 * @param options - reduction, mask, margin $m$
 * @returns a scalar, or `[batch]` without reduction
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes do not belong together
 * @throws {@link @deepstruct/tensor!DomainError} for a label that is no class
 *
 * @example
 * ```ts
 * import { westonWatkins } from '@deepstruct/losses'
 * import { array, jit } from '@deepstruct/tensor'
 *
 * await jit(westonWatkins)(array([[2, 1.5, 1.25]]), array([0], 'int32'), {}) // 0.5 + 0.25
 * ```
 */
export function westonWatkins(
  scores: Tensor,
  labels: Tensor,
  options: MulticlassHingeOptions = {},
): Tensor {
  const { right, violations } = compared('westonWatkins', scores, labels, options)
  return reduceRows('westonWatkins', sum(where(right, 0, relu(violations)), 1), options)
}

/** Where the right class is, and $m + s_k - s_y$ of every class. */
function compared(
  name: string,
  scores: Tensor,
  labels: Tensor,
  options: MulticlassHingeOptions,
): { right: Tensor; violations: Tensor } {
  const { right, counted } = rightClass(name, 'scores', scores, labels, options)
  const own = sum(where(right, counted, 0), 1, true)
  return { right, violations: add(options.margin ?? 1, sub(counted, own)) }
}

/** Where the class of each row is, bool `[batch, classes]`, and the scores that count; demands that each label is a class. */
export function rightClass(
  name: string,
  argument: string,
  scores: Tensor,
  labels: Tensor,
  options: LossOptions,
): { right: Tensor; counted: Tensor } {
  requireRank(name, argument, scores, ['batch', 'classes'])
  requireSame(name, 'labels', labels, scores.shape.slice(0, 1), `the rows of ${argument}`)
  const [, classes = 0] = scores.shape
  // Labels first: they refuse a mask of elements, which scores would take.
  const y = countedPart(name, labels, options)
  const right = equal(expandDims(y, 1), range(0, classes))
  const expected = `classes 0 … ${classes - 1}`
  requireValues(name, 'labels', any(right, 1), 'no class somewhere', expected)
  return { right, counted: countedPart(name, scores, options) }
}
