/**
 * Minimizes $\tfrac12 \beta^\top G \beta - \langle \ell, \beta \rangle$ over $\beta \ge 0$, $\sum_k \beta_k = s$, by moving mass between the
 * two variables that violate the conditions of optimality the most, until no move gains.
 *
 * It is small on purpose: cutting planes need tens of variables from a good start, where a general solver costs more to set up.
 *
 * @param gram - $G$, positive semidefinite, `[n, n]`
 * @param beta - a feasible start, changed in place
 * @param tolerance - on the difference of the partial derivatives
 */
export function solveOnSimplex(
  gram: Float64Array,
  linear: Float64Array,
  beta: Float64Array,
  tolerance: number,
  maxSteps = 100_000,
): void {
  const n = beta.length
  const gain = linear.slice()
  for (let k = 0; k < n; k++)
    if (beta[k] !== 0) for (let m = 0; m < n; m++) gain[m]! -= gram[k * n + m]! * beta[k]!
  for (let step = 0; step < maxSteps; step++) {
    let [to, from] = [0, -1]
    for (let k = 0; k < n; k++) {
      if (gain[k]! > gain[to]!) to = k
      if (beta[k]! > 0 && (from < 0 || gain[k]! < gain[from]!)) from = k
    }
    const difference = gain[to]! - gain[from]!
    if (from === to || difference <= tolerance) return
    const curvature = gram[to * n + to]! + gram[from * n + from]! - 2 * gram[to * n + from]!
    const mass = Math.min(beta[from]!, curvature > 0 ? difference / curvature : Infinity)
    beta[to]! += mass
    beta[from]! -= mass
    for (let m = 0; m < n; m++) gain[m]! -= mass * (gram[to * n + m]! - gram[from * n + m]!)
  }
}
