import { DomainError } from '@deepstruct/tensor'

/** What a distribution over label sets says about the F1 of a prediction; see {@link expectedF1Table}. */
export interface ExpectedF1Table {
  /** The probability that each label is on, $p(y_i = 1)$. */
  readonly marginals: Float64Array
  /** The probability of the empty set. */
  readonly empty: number
  /** `gains[i][k]`: what label $i$ adds to the expected F1 of a prediction with $k$ labels; entry 0 is unused. */
  readonly gains: readonly Float64Array[]
}

/**
 * Prepares the exact expected example-F1 of every prediction under a joint distribution of labels.
 *
 * With $F_1(y, h) = 2|y \cap h| / (|y| + |h|)$, and 1 when both are empty, a prediction $h$ with $k \ge 1$ labels has
 *
 * $$
 * \mathbb E\,F_1(y, h) = \sum_{i \in h} \Delta_{ik}, \qquad \Delta_{ik} = \sum_{s \ge 1} \frac{2\,p(y_i = 1, |y| = s)}{s + k} .
 * $$
 *
 * The labels come in independent blocks, so the sizes of the other blocks enter by convolution, and nothing larger than one block is
 * enumerated. Dembczyński, Waegeman, Cheng, Hüllermeier, "An exact algorithm for F-measure maximization", NIPS 2011.
 *
 * @param blocks - the joint of each block: entry `s` is the probability that exactly the labels in the bits of `s` are on
 * @throws `DomainError` when the length of a joint is no power of two
 */
export function expectedF1Table(blocks: readonly Float64Array[]): ExpectedF1Table {
  const joints = blocks.map(sizeJoint)
  const total = joints.reduce((sum, { labels }) => sum + labels.length, 0)
  const gains = joints.flatMap(({ labels }, block) => {
    const others = joints
      .filter((_, other) => other !== block)
      .reduce<Float64Array>((sizes, joint) => convolved(sizes, joint.sizes), Float64Array.of(1))
    return labels.map((bySize) => {
      const joint = convolved(bySize, others)
      return Float64Array.from({ length: total + 1 }, (_, k) =>
        joint.reduce((gain, p, s) => (s === 0 ? gain : gain + (2 * p) / (s + k)), 0),
      )
    })
  })
  return {
    marginals: Float64Array.from(
      joints.flatMap(({ labels }) => labels.map((bySize) => bySize.reduce((sum, p) => sum + p, 0))),
    ),
    empty: blocks.reduce((product, joint) => product * (joint[0] as number), 1),
    gains,
  }
}

/**
 * The exact expected F1 of a prediction.
 *
 * @param table - from {@link expectedF1Table}
 * @param labels - the labels that are predicted to be on, by number
 */
export function expectedF1(table: ExpectedF1Table, labels: readonly number[]): number {
  if (labels.length === 0) return table.empty
  return labels.reduce((sum, label) => sum + (table.gains[label]?.[labels.length] as number), 0)
}

/**
 * The prediction with the highest expected F1 of all $2^L$: for each size $k$ it is the $k$ labels of the highest gains.
 *
 * @param table - from {@link expectedF1Table}
 */
export function bestExpectedF1(table: ExpectedF1Table): {
  /** The labels that are on. */
  readonly labels: readonly number[]
  /** Its expected F1. */
  readonly value: number
} {
  const all = table.gains.map((_, label) => label)
  let best = { labels: [] as readonly number[], value: table.empty }
  for (let k = 1; k <= all.length; k++) {
    const gain = (label: number): number => table.gains[label]?.[k] as number
    const labels = all.toSorted((a, b) => gain(b) - gain(a)).slice(0, k)
    const value = expectedF1(table, labels)
    if (value > best.value) best = { labels, value }
  }
  return best
}

/**
 * The best that one global threshold on exact marginals reaches on a set of examples: the predictor that says yes to every label
 * with $p(y_i = 1 \mid x) \ge t$, with the $t$ that is best for just these examples.
 *
 * @param tables - one for each example
 */
export function bestThresholdF1(tables: readonly ExpectedF1Table[]): {
  /** The threshold. */
  readonly threshold: number
  /** The mean expected F1 there. */
  readonly value: number
} {
  // From above 1 downwards, each marginal that is passed turns one label of one example on.
  let total = tables.reduce((sum, { empty }) => sum + empty, 0)
  const steps = tables.flatMap((table) => {
    const order = [...table.marginals.keys()].toSorted(
      (a, b) => (table.marginals[b] as number) - (table.marginals[a] as number),
    )
    const values = [table.empty, ...order.map((_, k) => expectedF1(table, order.slice(0, k + 1)))]
    return order.map((label, k) => ({
      threshold: table.marginals[label] as number,
      change: (values[k + 1] as number) - (values[k] as number),
    }))
  })
  steps.sort((a, b) => b.threshold - a.threshold)
  let best = { threshold: Infinity, value: total / tables.length }
  for (const [i, { threshold, change }] of steps.entries()) {
    total += change
    const whole = steps[i + 1]?.threshold !== threshold
    if (whole && total / tables.length > best.value)
      best = { threshold, value: total / tables.length }
  }
  return best
}

/** The distribution of the number of labels of one block, alone and together with each label. */
interface SizeJoint {
  /** $p(|y| = s)$. */
  readonly sizes: Float64Array
  /** $p(y_i = 1, |y| = s)$ for each label. */
  readonly labels: readonly Float64Array[]
}

function sizeJoint(joint: Float64Array): SizeJoint {
  const count = Math.log2(joint.length)
  if (!Number.isInteger(count))
    throw new DomainError({
      function: 'expectedF1Table',
      argument: 'blocks',
      got: `a joint of ${joint.length} states`,
      expected: 'a power of two, one state for each set of labels',
    })
  const sizes = new Float64Array(count + 1)
  const labels = Array.from({ length: count }, () => new Float64Array(count + 1))
  for (let state = 0; state < joint.length; state++) {
    const p = joint[state] as number
    const on = labels.filter((_, label) => ((state >> label) & 1) === 1)
    sizes[on.length] = (sizes[on.length] as number) + p
    for (const bySize of on) bySize[on.length] = (bySize[on.length] as number) + p
  }
  return { sizes, labels }
}

function convolved(a: Float64Array, b: Float64Array): Float64Array {
  const sum = new Float64Array(a.length + b.length - 1)
  for (const [i, left] of a.entries())
    for (const [j, right] of b.entries()) sum[i + j] = (sum[i + j] as number) + left * right
  return sum
}
