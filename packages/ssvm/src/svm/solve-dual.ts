import { random, type Random } from '@deepstruct/tensor'
import type { Optimum, SvmOptions } from './svm-options.ts'

/** A dual problem that is improved pass by pass. */
export interface DualProblem {
  /** One pass over the examples. */
  pass(random: Random): void
  /** Both bounds of the minimum. */
  bounds(): { readonly objective: number; readonly dual: number; readonly gap: number }
}

/** Passes over the examples until the gap is small enough. The gap costs half a pass, so it is not taken after each of many. */
export function solveDual(problem: DualProblem, options: SvmOptions): Optimum {
  const { tolerance = 1e-3, maxIterations = 1000, seed = 0 } = options
  const source = random(seed)
  let iterations = 0
  let next = 1
  for (;;) {
    while (iterations < Math.min(next, maxIterations)) {
      problem.pass(source)
      iterations++
    }
    const bounds = problem.bounds()
    const converged = bounds.gap <= tolerance
    if (converged || iterations >= maxIterations) return { ...bounds, iterations, converged }
    next = iterations + Math.max(1, Math.min(10, iterations >> 2))
  }
}
