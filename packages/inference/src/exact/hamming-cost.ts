import type { NDArray } from '@deepstruct/tensor'

/**
 * The Hamming distance as a cost of states: 1 for every state that is not the true one.
 *
 * $$
 * \Delta(y^*, y) = \sum_i [y_i \ne y^*_i]
 * $$
 *
 * A variable without a true state, as beyond the end of a short sequence, costs nothing.
 *
 * @param yTrue - indicators of the true states, `[batch, variables, states]`
 * @returns for {@link ExactOptions}, `[batch, variables, states]`
 */
export function hammingCost(yTrue: NDArray): NDArray {
  const states = yTrue.shape.at(-1) ?? 1
  const data = new Float32Array(yTrue.data.length)
  for (let from = 0; from < data.length; from += states) {
    const truth = yTrue.data.subarray(from, from + states)
    if (truth.some((value) => value !== 0))
      for (const [state, value] of truth.entries()) data[from + state] = 1 - value
  }
  return { shape: yTrue.shape, dtype: 'float32', data }
}
