import {
  add,
  cast,
  cumSum,
  div,
  greater,
  max,
  mul,
  offTape,
  range,
  sub,
  sum,
  type Tensor,
  topK,
} from '@deepstruct/tensor'

/**
 * The nearest point of the probability simplex along the last axis (Euclidean).
 *
 * $$ P(y) = \max(y - \tau, 0), \qquad \tau = \max_k \frac{1}{k} \left( \sum_{i \le k} y_{(i)} - 1 \right) $$
 *
 * with $y_{(1)} \ge y_{(2)} \ge \dots$ the sorted elements (Held, Wolfe and Crowder 1974; Duchi et al. 2008, section 3). The
 * derivative is that of the face that the point lands on, $I_S - \frac{1}{|S|} 1_S 1_S^\top$ with $S$ its support.
 *
 * @param y - `[..., classes]`, finite
 * @returns the same shape; not negative, and 1 in sum along the last axis
 */
export function projectSimplex(y: Tensor): Tensor {
  const { peak, support } = offTape(() => {
    // Shifting changes no projection, and keeps the sums small where all elements are large.
    const top = max(y, -1, true)
    const shifted = sub(y, top)
    const classes = y.shape.at(-1) ?? 1
    const counts = add(cast(range(0, classes), 'float32'), 1)
    const sums = cumSum(topK(shifted, classes).values)
    const threshold = max(div(sub(sums, 1), counts), -1, true)
    return { peak: top, support: cast(greater(shifted, threshold), 'float32') }
  })
  // The threshold again, now on the tape: given the support it is linear in y.
  const shifted = mul(sub(y, peak), support)
  const threshold = div(sub(sum(shifted, -1, true), 1), sum(support, -1, true))
  return mul(sub(shifted, threshold), support)
}
