import { DomainError, type NDArray } from '@deepstruct/tensor'

/** Which pairs of labels interact: none, those of a tree, or all. */
export type LabelGraphKind = 'unary' | 'tree' | 'full'

/**
 * The pairs of labels that interact.
 *
 * @param labels - of the training examples, `[examples, labels]` in {0, 1}; a tree is learned from them, see {@link chowLiuTree}
 * @returns int32 `[edges, 2]`
 */
export function labelGraph(kind: LabelGraphKind, labels: NDArray): NDArray {
  if (kind === 'tree') return chowLiuTree(labels)
  const count = labels.shape[1]!
  const pairs: number[] = []
  if (kind === 'full')
    for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) pairs.push(i, j)
  return { shape: [pairs.length / 2, 2], dtype: 'int32', data: Int32Array.from(pairs) }
}

/**
 * The tree of labels that explains their joint distribution best: the maximum spanning tree by mutual information (Chow and Liu 1968).
 *
 * $$
 * I(i, j) = \sum_{a, b} \hat p_{ij}(a, b) \log \frac{\hat p_{ij}(a, b)}{\hat p_i(a)\, \hat p_j(b)}
 * $$
 *
 * @param labels - `[examples, labels]` in {0, 1}
 * @returns int32 `[labels − 1, 2]`
 * @throws {@link @deepstruct/tensor!DomainError} for an element outside {0, 1}, or without examples
 *
 * @example
 * ```ts
 * import { chowLiuTree } from '@deepstruct/ssvm'
 * import { array } from '@deepstruct/tensor'
 *
 * chowLiuTree(array([[1, 1, 0], [0, 0, 0], [1, 1, 1], [0, 0, 1]])) // labels 0 and 1 are joined
 * ```
 */
export function chowLiuTree(labels: NDArray): NDArray {
  const [examples, count] = labels.shape as [number, number]
  const { data } = labels
  const wrong = data.find((value) => value !== 0 && value !== 1)
  if (wrong !== undefined || examples === 0)
    throw new DomainError({
      function: 'chowLiuTree',
      argument: 'labels',
      got: wrong === undefined ? 'without rows' : `an array with the value ${wrong}`,
      expected: wrong === undefined ? 'at least one example' : 'only 0 and 1',
    })
  const both = new Float64Array(count * count)
  for (let row = 0; row < examples; row++) {
    const present: number[] = []
    for (let i = 0; i < count; i++) if (data[row * count + i] === 1) present.push(i)
    for (const i of present) for (const j of present) both[i * count + j]!++
  }
  const information = (i: number, j: number): number => {
    const [pi, pj] = [both[i * count + i]! / examples, both[j * count + j]! / examples]
    const pij = both[i * count + j]! / examples
    const term = (joint: number, independent: number): number =>
      joint <= 0 ? 0 : joint * Math.log(joint / independent)
    return (
      term(pij, pi * pj) +
      term(pi - pij, pi * (1 - pj)) +
      term(pj - pij, (1 - pi) * pj) +
      term(1 - pi - pj + pij, (1 - pi) * (1 - pj))
    )
  }
  // Prim's algorithm from label 0.
  const best = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const from = new Int32Array(count)
  const joined = new Uint8Array(count)
  const pairs: number[] = []
  for (let last = 0, size = 1; size < count; size++) {
    joined[last] = 1
    let next = -1
    for (let j = 0; j < count; j++) {
      if (joined[j] === 1) continue
      const value = information(last, j)
      if (value > best[j]!) {
        best[j] = value
        from[j] = last
      }
      if (next < 0 || best[j]! > best[next]!) next = j
    }
    pairs.push(from[next]!, next)
    last = next
  }
  return { shape: [pairs.length / 2, 2], dtype: 'int32', data: Int32Array.from(pairs) }
}
