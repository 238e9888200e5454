import { box } from '@deepstruct/inference'
import {
  add,
  argMax,
  constant,
  gather,
  logSumExp,
  matMul,
  max,
  mul,
  reshape,
  slice,
  softmax,
  type Tensor,
} from '@deepstruct/tensor'
import type { BeliefSolver } from './label-beliefs.ts'

/** The most labels whose sets {@link enumeratedBeliefs} lists. */
export const ENUMERATED_LABELS = 14

/**
 * Beliefs of few labels on any graph, exactly, by the scores of all label sets: one product of matrices for a batch.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for more than 14 labels; it says how many label sets there are
 */
export const enumeratedBeliefs: BeliefSolver = (kind, { single, pairs, edges }) => {
  const labels = single.shape[1]!
  const sets = constant(box([labels]).corners(2 ** ENUMERATED_LABELS))
  const own = matMul(single, sets, { transposeB: true })
  const count = edges?.shape[0] ?? 0
  const end = (side: number): Tensor =>
    gather(sets, reshape(slice(edges!, [0, side], [count, 1]), [count]), 1)
  const scores =
    pairs === undefined
      ? own
      : add(own, reshape(matMul(mul(end(0), end(1)), reshape(pairs, [count, 1])), [1, -1]))
  return kind === 'best'
    ? { y: gather(sets, argMax(scores)), value: max(scores, 1) }
    : { y: matMul(softmax(scores), sets), value: logSumExp(scores, 1) }
}
