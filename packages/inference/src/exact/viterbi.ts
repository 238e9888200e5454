import { DomainError, type NDArray } from '@deepstruct/tensor'
import { checkCost } from './check-cost.ts'
import type { ExactInferencer } from './exact-inferencer.ts'
import { checkPotentials, type Potentials, tableOffsets } from './potentials.ts'

/**
 * The best states of chains, exactly, by dynamic programming over the positions (Viterbi 1967):
 *
 * $$
 * m_t(k) = u_{t, k} - \Delta_{t, k} + \min_j \left( m_{t-1}(j) + p_{t-1, j, k} \right)
 * $$
 *
 * Edges may only join a variable to the next one; where one is missing the chain is cut. The work is positions × states². Ties go to the lower
 * state. `steps` are the positions that count.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when the parts do not fit each other
 * @throws {@link @deepstruct/tensor!DomainError} when an edge joins variables that are no neighbors, or two edges the same ones
 *
 * @example
 * ```ts
 * import { viterbi } from '@deepstruct/inference'
 * import { array } from '@deepstruct/tensor'
 *
 * const { y, energy } = await viterbi({
 *   unary: array([[[0, 1], [0.5, 0]]]),
 *   edges: { shape: [1, 2], dtype: 'int32', data: Int32Array.of(0, 1) },
 *   pairwise: array([[[0, 2], [2, 0]]]), // a change costs 2
 * }) // y: [[[1, 0], [1, 0]]], energy: [0.5]
 * ```
 */
export const viterbi: ExactInferencer = async (potentials, options = {}) => {
  const { unary, mask } = potentials
  const { batch, variables, states } = checkPotentials('viterbi', potentials)
  const { cost } = options
  checkCost('viterbi', unary, cost)
  const tableFrom = tablesOfChain(potentials, variables)
  const y = new Float32Array(unary.data.length)
  const energy = new Float32Array(batch)
  const steps = new Int32Array(batch)
  const counts = (example: number, t: number): boolean =>
    mask === undefined || mask.data[example * variables + t] !== 0
  // Costs to come from the left, and by which state they came.
  let reached = new Float64Array(states)
  let next = new Float64Array(states)
  const came = new Int32Array(variables * states)
  for (let example = 0; example < batch; example++) {
    // The last position of the part of the chain that is being walked, and what the parts before it cost.
    let settled = 0
    const settle = (last: number): void => {
      if (last < 0 || !counts(example, last)) return
      let state = 0
      for (let k = 1; k < states; k++) if (reached[k]! < reached[state]!) state = k
      settled += reached[state]!
      for (let t = last; state >= 0; t--) {
        y[(example * variables + t) * states + state] = 1
        state = came[t * states + state]!
      }
    }
    for (let t = 0; t < variables; t++) {
      if (!counts(example, t)) {
        settle(t - 1)
        continue
      }
      steps[example]!++
      const table = t > 0 && counts(example, t - 1) ? tableFrom(example, t - 1) : undefined
      if (table === undefined) settle(t - 1)
      const at = (example * variables + t) * states
      for (let k = 0; k < states; k++) {
        let least = table === undefined ? 0 : Number.POSITIVE_INFINITY
        let from = -1
        if (table !== undefined)
          for (let j = 0; j < states; j++) {
            const sum = reached[j]! + potentials.pairwise.data[table + j * states + k]!
            if (from < 0 || sum < least) {
              least = sum
              from = j
            }
          }
        came[t * states + k] = from
        next[k] = least + unary.data[at + k]! - (cost?.data[at + k] ?? 0)
      }
      ;[reached, next] = [next, reached]
    }
    settle(variables - 1)
    energy[example] = settled
  }
  return {
    y: { shape: unary.shape, dtype: 'float32', data: y },
    energy: { shape: [batch], dtype: 'float32', data: energy },
    steps: { shape: [batch], dtype: 'int32', data: steps },
    status: Array.from(energy, (value) => (Number.isFinite(value) ? 'converged' : 'diverged')),
  }
}

/** Where the table between a position and the next one begins; nothing where the chain is cut. */
function tablesOfChain(
  potentials: Potentials<NDArray>,
  variables: number,
): (example: number, position: number) => number | undefined {
  const { data } = potentials.edges
  const edgeFrom = new Int32Array(variables).fill(-1)
  for (let edge = 0; edge < data.length / 2; edge++) {
    const [i, j] = [data[2 * edge]!, data[2 * edge + 1]!]
    if (j !== i + 1 || edgeFrom[i] !== -1)
      throw new DomainError({
        function: 'viterbi',
        argument: `potentials.edges[${edge}]`,
        got: `[${i}, ${j}]`,
        expected: 'the edges [t, t + 1] of a chain, each at most once',
        why: 'other graphs need another exact inferencer',
      })
    edgeFrom[i] = edge
  }
  const offset = tableOffsets(potentials)
  return (example, position) => {
    const edge = edgeFrom[position]!
    return edge < 0 ? undefined : offset(example, edge)
  }
}
