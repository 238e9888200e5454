/** The multi-class hinge: against the best wrong class, or against every wrong class. */
export type MulticlassLoss = 'crammer-singer' | 'weston-watkins'

/**
 * The best dual variables of one example, exactly, while all others stay.
 *
 * $$
 * \min_a \tfrac12 A \lVert a \rVert^2 + \langle B, a \rangle \quad \text{with } \sum_m a_m = 0
 * $$
 *
 * and, for the true class $y$ and every other $m$: $a_y \le C$ and $a_m \le 0$ (Crammer and Singer), or $-C \le a_m \le 0$ (Weston and
 * Watkins). In both problems the solution is $a_m = (\lambda - B_m) / A$, clipped, for one number $\lambda$.
 *
 * @param A - positive
 * @param B - one for each class; what is solved for is written to `a`
 */
export type BlockSolver = (
  A: number,
  B: Float64Array,
  truth: number,
  C: number,
  a: Float64Array,
) => void

/** By a walk down the sorted values (Keerthi et al. 2008, section 3). */
const crammerSingerBlock: BlockSolver = (A, B, truth, C, a) => {
  // With b_m = B_m, and b_y + A C for the true class, every variable is min(c_m, (λ - B_m) / A), which is below its bound where b_m > λ.
  const sorted = B.slice()
  sorted[truth]! += A * C
  sorted.sort((p, q) => q - p)
  let total = sorted[0]! - A * C
  let count = 1
  while (count < sorted.length && total < count * sorted[count]!) {
    total += sorted[count]!
    count++
  }
  const level = total / count
  for (let m = 0; m < a.length; m++) a[m] = Math.min(m === truth ? C : 0, (level - B[m]!) / A)
}

/** By Newton's method with a bracket on the one equation for $\lambda$, which is increasing and piecewise linear. */
const westonWatkinsBlock: BlockSolver = (A, B, truth, C, a) => {
  let [low, high] = [B[truth]!, B[truth]! + A * C * (a.length - 1)]
  let level = low
  for (let step = 0; step < 100; step++) {
    let [excess, slope] = [level - B[truth]!, 1]
    for (let m = 0; m < a.length; m++) {
      if (m === truth) continue
      const free = (level - B[m]!) / A
      a[m] = Math.min(0, Math.max(-C, free))
      excess += A * a[m]!
      if (free > -C && free < 0) slope++
    }
    if (excess > 0) high = level
    else low = level
    if (Math.abs(excess) <= 1e-12 * (1 + Math.abs(level)) || high - low <= 1e-14 * A * C) break
    const newton = level - excess / slope
    level = newton > low && newton < high ? newton : (low + high) / 2
  }
  let others = 0
  for (let m = 0; m < a.length; m++) if (m !== truth) others += a[m]!
  a[truth] = -others
}

/** The solvers by loss. */
export const blockSolvers: Readonly<Record<MulticlassLoss, BlockSolver>> = {
  'crammer-singer': crammerSingerBlock,
  'weston-watkins': westonWatkinsBlock,
}
