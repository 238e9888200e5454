/** A learning rate: a constant, or a function of the number of updates made so far. */
export type Schedule = number | ((step: number) => number)

/** The rate of a step. */
export function rateAt(schedule: Schedule, step: number): number {
  return typeof schedule === 'number' ? schedule : schedule(step)
}

/**
 * Falls by a factor at each boundary: $r \cdot f^{\#\{b \le t\}}$.
 *
 * @param rate - $r$, the first rate
 * @param boundaries - the steps $b$ at which it falls
 * @param factor - $f$; default 0.1
 */
export function piecewiseConstant(
  rate: number,
  boundaries: readonly number[],
  factor = 0.1,
): Schedule {
  return (step) => rate * factor ** boundaries.filter((boundary) => boundary <= step).length
}

/**
 * Decays exponentially: $r \cdot f^{t / T}$.
 *
 * @param rate - $r$, the first rate
 * @param steps - $T$, the steps after which it has fallen by the factor
 * @param factor - $f$
 */
export function exponentialDecay(rate: number, steps: number, factor: number): Schedule {
  return (step) => rate * factor ** (step / steps)
}

/**
 * Rises linearly over a warm-up, then follows half a cosine down to a floor (Loshchilov and Hutter 2017, equation 5, without
 * restarts).
 *
 * @param rate - the peak
 * @param steps - the length of the whole schedule
 */
export function cosineDecay(
  rate: number,
  steps: number,
  options: {
    /** Steps of the linear rise; default 0. */
    readonly warmup?: number
    /** The last rate as a fraction of the peak; default 0. */
    readonly floor?: number
  } = {},
): Schedule {
  const { warmup = 0, floor = 0 } = options
  return (step) => {
    if (step < warmup) return (rate * (step + 1)) / warmup
    const progress = Math.min(1, (step - warmup) / Math.max(1, steps - warmup))
    return rate * (floor + (1 - floor) * 0.5 * (1 + Math.cos(Math.PI * progress)))
  }
}
