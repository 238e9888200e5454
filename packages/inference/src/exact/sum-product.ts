import type { NDArray } from '@deepstruct/tensor'
import { checkPotentials, type Potentials, tableOffsets } from './potentials.ts'
import { treeOrder } from './tree-order.ts'

/** The distribution $p(y) = e^{-E(y)} / Z$ of an energy, by its sum and its marginals. */
export interface Marginals {
  /** $\log Z = \log \sum_y e^{-E(y)}$, `[batch]`. */
  readonly logPartition: NDArray
  /** $p(y_i = k)$, `[batch, variables, states]`; zeros at a masked variable. */
  readonly marginals: NDArray
}

/**
 * The partition function and the marginals of trees, exactly, by dynamic programming from the leaves to the roots and back (sum-product):
 *
 * $$
 * Z = \sum_y e^{-E(y)}, \qquad p(y_i = k) = \frac{1}{Z} \sum_{y : y_i = k} e^{-E(y)}
 * $$
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when the parts do not fit each other
 * @throws {@link @deepstruct/tensor!DomainError} when the graph has a cycle
 *
 * @example
 * ```ts
 * import { sumProduct } from '@deepstruct/inference'
 * import { array } from '@deepstruct/tensor'
 *
 * const { logPartition } = sumProduct({
 *   unary: array([[[0, 0], [0, 0]]]),
 *   edges: { shape: [1, 2], dtype: 'int32', data: Int32Array.of(0, 1) },
 *   pairwise: array([[[0, 0], [0, 0]]]),
 * }) // [log 4]
 * ```
 */
export function sumProduct(potentials: Potentials<NDArray>): Marginals {
  const { unary, mask, pairwise } = potentials
  const { batch, variables, states } = checkPotentials('sumProduct', potentials)
  const order = treeOrder('sumProduct', potentials.edges.data, variables)
  const offset = tableOffsets(potentials)
  const logPartition = new Float32Array(batch)
  const marginals = new Float32Array(unary.data.length)
  // Logarithms: what a subtree says of its root, what it sends up, and what comes from above.
  const inside = new Float64Array(variables * states)
  const sent = new Float64Array(variables * states)
  const outside = new Float64Array(variables * states)
  const terms = new Float64Array(states)
  for (let example = 0; example < batch; example++) {
    const counts = (variable: number): boolean =>
      mask === undefined || mask.data[example * variables + variable] !== 0
    const at = example * variables * states
    for (let i = 0; i < inside.length; i++) inside[i] = -unary.data[at + i]!
    outside.fill(0)
    for (let next = order.length - 1; next >= 0; next--) {
      const { variable, parent, edge, parentFirst } = order[next]!
      if (parent < 0 || !counts(variable) || !counts(parent)) continue
      const table = offset(example, edge)
      for (let k = 0; k < states; k++) {
        for (let j = 0; j < states; j++)
          terms[j] =
            inside[variable * states + j]! -
            pairwise.data[table + (parentFirst ? k * states + j : j * states + k)]!
        sent[variable * states + k] = logSum(terms)
        inside[parent * states + k]! += sent[variable * states + k]!
      }
    }
    let total = 0
    for (const { variable, parent, edge, parentFirst } of order) {
      if (!counts(variable)) continue
      const from = variable * states
      if (parent < 0 || !counts(parent)) total += logSum(inside.subarray(from, from + states))
      else {
        const table = offset(example, edge)
        for (let j = 0; j < states; j++) {
          for (let k = 0; k < states; k++) {
            const above =
              inside[parent * states + k]! + outside[parent * states + k]! - sent[from + k]!
            // What is forbidden below stays forbidden: −∞ less −∞ is none.
            terms[k] =
              (Number.isNaN(above) ? Number.NEGATIVE_INFINITY : above) -
              pairwise.data[table + (parentFirst ? k * states + j : j * states + k)]!
          }
          outside[from + j] = logSum(terms)
        }
      }
      for (let k = 0; k < states; k++) terms[k] = inside[from + k]! + outside[from + k]!
      const norm = logSum(terms)
      for (let k = 0; k < states; k++) marginals[at + from + k] = Math.exp(terms[k]! - norm)
    }
    logPartition[example] = total
  }
  return {
    logPartition: { shape: [batch], dtype: 'float32', data: logPartition },
    marginals: { shape: unary.shape, dtype: 'float32', data: marginals },
  }
}

function logSum(terms: Float64Array): number {
  const most = terms.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (most === Number.NEGATIVE_INFINITY) return most
  return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0))
}
