import {
  add,
  cast,
  equal,
  greaterEqual,
  less,
  logicalAnd,
  max,
  mul,
  oneHot,
  relu,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { type LossOptions, reduceRows, requireRank, requireSame } from './reduction.ts'
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
 */
export function crammerSinger(
  scores: Tensor,
  labels: Tensor,
  options: MulticlassHingeOptions = {},
): Tensor {
  const { right, violations } = compared('crammerSinger', scores, labels, options.margin)
  // The right class competes without a margin: at worst it equals itself, which is the hinge's zero.
  return reduceRows('crammerSinger', max(mul(violations, sub(1, right)), 1), options)
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
 */
export function westonWatkins(
  scores: Tensor,
  labels: Tensor,
  options: MulticlassHingeOptions = {},
): Tensor {
  const { right, violations } = compared('westonWatkins', scores, labels, options.margin)
  return reduceRows('westonWatkins', sum(mul(relu(violations), sub(1, right)), 1), options)
}

/** The right class as one-hot rows, and $m + s_k - s_y$ of every class. */
function compared(
  name: string,
  scores: Tensor,
  labels: Tensor,
  margin = 1,
): { right: Tensor; violations: Tensor } {
  requireRank(name, 'scores', scores, ['batch', 'classes'])
  requireSame(name, 'labels', labels, scores.shape.slice(0, 1), 'the rows of scores')
  const [, classes = 0] = scores.shape
  requireClasses(name, labels, classes)
  const right = oneHot(cast(labels, 'int32'), classes)
  const own = sum(mul(scores, right), 1, true)
  return { right, violations: add(margin, sub(scores, own)) }
}

/** Demands class indices. */
export function requireClasses(name: string, labels: Tensor, classes: number): void {
  const inRange = logicalAnd(greaterEqual(labels, 0), less(labels, classes))
  requireValues(
    name,
    'labels',
    logicalAnd(inRange, equal(labels, cast(labels, 'int32'))),
    'no class somewhere',
    `classes 0 … ${classes - 1}`,
  )
}
