import {
  add,
  loop,
  matMul,
  mul,
  offTape,
  oneHot,
  relu,
  sigmoid,
  slice,
  reshape,
  softplus,
  sub,
  sum,
  type Tensor,
  zerosLike,
} from '@deepstruct/tensor'
import { independentBeliefs } from './independent-beliefs.ts'
import type { BeliefSolver } from './label-beliefs.ts'

/**
 * Beliefs of labels on a tree, exactly, by messages between neighbors (Pearl 1988, section 4.3). For labels in {0, 1} a message is one number, the change of the
 * log-odds of the label it goes to:
 *
 * $$
 * \nu_{i \to j} = g(h_{i \setminus j} + p_{ij}) - g(h_{i \setminus j}), \qquad
 * h_{i \setminus j} = s_i + \sum_{k \ne j} \nu_{k \to i}
 * $$
 *
 * with $g$ the softplus for the distribution, and $[\cdot]_+$ for the best label set. All messages are sent at once, labels − 1 times, after which
 * they no longer change, whatever the tree. The tree is an input, so one trace serves all trees.
 *
 * At that point the value does not change with the messages to first order, so its gradient is exact with the messages as constants.
 *
 * On a graph with cycles this is loopy belief propagation, which is not exact.
 */
export const treeBeliefs: BeliefSolver = (kind, { single, pairs, edges }) => {
  if (pairs === undefined || edges === undefined) return independentBeliefs(kind, { single })
  const g = kind === 'best' ? relu : softplus
  const [labels, count] = [single.shape[1]!, edges.shape[0]]
  const end = (side: number): Tensor =>
    oneHot(reshape(slice(edges, [0, side], [count, 1]), [count]), labels)
  const [first, second] = [end(0), end(1)]
  const at = (values: Tensor, side: Tensor): Tensor => matMul(values, side, { transposeB: true })
  const belief = (scores: Tensor, toSecond: Tensor, toFirst: Tensor): Tensor =>
    add(scores, add(matMul(toSecond, second), matMul(toFirst, first)))
  const { toSecond, toFirst } = offTape(() => {
    const none = zerosLike(at(single, first))
    return loop(
      labels - 1,
      (messages: { toSecond: Tensor; toFirst: Tensor }) => {
        const b = belief(single, messages.toSecond, messages.toFirst)
        const message = (h: Tensor): Tensor => sub(g(add(h, pairs)), g(h))
        return {
          toSecond: message(sub(at(b, first), messages.toFirst)),
          toFirst: message(sub(at(b, second), messages.toSecond)),
        }
      },
      { toSecond: none, toFirst: zerosLike(none) },
    )
  })
  const b = belief(single, toSecond, toFirst)
  const [hFirst, hSecond] = [sub(at(b, first), toFirst), sub(at(b, second), toSecond)]
  const alone = g(hFirst)
  const joint = add(alone, g(add(hSecond, sub(g(add(hFirst, pairs)), alone))))
  const degrees = sum(add(first, second), 0)
  return {
    y: sigmoid(b),
    // The free energy of Bethe, which is exact on trees.
    value: add(sum(mul(sub(1, degrees), g(b)), 1), sum(joint, 1)),
  }
}
