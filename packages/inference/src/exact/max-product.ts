import { checkCost } from './check-cost.ts'
import type { ExactInferencer } from './exact-inferencer.ts'
import { checkPotentials, tableOffsets } from './potentials.ts'
import { treeOrder } from './tree-order.ts'

/**
 * The best states of trees, exactly, by dynamic programming from the leaves to the roots (max-product, in energies: min-sum):
 *
 * $$
 * m_i(k) = u_{i, k} - \Delta_{i, k} + \sum_{c \in \text{children}(i)} \min_j \left( m_c(j) + p_{ic, k, j} \right)
 * $$
 *
 * A graph without edges is a forest too: then every variable is decided by itself. The work is variables × states². Ties go to the lower
 * state. `steps` are the variables that count.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when the parts do not fit each other
 * @throws {@link @deepstruct/tensor!DomainError} when the graph has a cycle
 *
 * @example
 * ```ts
 * import { maxProduct } from '@deepstruct/inference'
 * import { array } from '@deepstruct/tensor'
 *
 * const { y } = await maxProduct({
 *   unary: array([[[0, 1], [0, 0], [0.5, 0]]]),
 *   edges: { shape: [2, 2], dtype: 'int32', data: Int32Array.of(1, 0, 1, 2) }, // a star around variable 1
 *   pairwise: array([[[0, 2], [2, 0]]]), // a difference costs 2
 * }) // y: [[[1, 0], [1, 0], [1, 0]]]
 * ```
 */
export const maxProduct: ExactInferencer = async (potentials, options = {}) => {
  const { unary, mask, pairwise } = potentials
  const { batch, variables, states } = checkPotentials('maxProduct', potentials)
  const { cost } = options
  checkCost('maxProduct', unary, cost)
  const order = treeOrder('maxProduct', potentials.edges.data, variables)
  const offset = tableOffsets(potentials)
  const y = new Float32Array(unary.data.length)
  const energy = new Float32Array(batch)
  const steps = new Int32Array(batch)
  const reached = new Float64Array(variables * states)
  // The best state of a variable for each state of its parent.
  const choice = new Int32Array(variables * states)
  const chosen = new Int32Array(variables)
  for (let example = 0; example < batch; example++) {
    const counts = (variable: number): boolean =>
      mask === undefined || mask.data[example * variables + variable] !== 0
    const at = example * variables * states
    for (let i = 0; i < reached.length; i++)
      reached[i] = unary.data[at + i]! - (cost?.data[at + i] ?? 0)
    const bestOf = (variable: number): number => {
      let best = 0
      for (let k = 1; k < states; k++)
        if (reached[variable * states + k]! < reached[variable * states + best]!) best = k
      return best
    }
    for (let next = order.length - 1; next >= 0; next--) {
      const { variable, parent, edge, parentFirst } = order[next]!
      if (parent < 0 || !counts(variable) || !counts(parent)) continue
      const table = offset(example, edge)
      for (let k = 0; k < states; k++) {
        let [least, from] = [Number.POSITIVE_INFINITY, 0]
        for (let j = 0; j < states; j++) {
          const entry = parentFirst ? k * states + j : j * states + k
          const sum = reached[variable * states + j]! + pairwise.data[table + entry]!
          if (sum < least) [least, from] = [sum, j]
        }
        choice[variable * states + k] = from
        reached[parent * states + k]! += least
      }
    }
    let total = 0
    for (const { variable, parent } of order) {
      if (!counts(variable)) continue
      steps[example]!++
      const isRoot = parent < 0 || !counts(parent)
      const state = isRoot ? bestOf(variable) : choice[variable * states + chosen[parent]!]!
      chosen[variable] = state
      if (isRoot) total += reached[variable * states + state]!
      y[at + variable * states + state] = 1
    }
    energy[example] = total
  }
  return {
    y: { shape: unary.shape, dtype: 'float32', data: y },
    energy: { shape: [batch], dtype: 'float32', data: energy },
    steps: { shape: [batch], dtype: 'int32', data: steps },
    status: Array.from(energy, (value) => (Number.isFinite(value) ? 'converged' : 'diverged')),
  }
}
