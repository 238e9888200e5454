import type { Tensor } from '@deepstruct/tensor'
import type { Domain } from './domain.ts'
import type { Energy } from './energy.ts'
import type { TracedSolution } from './solution.ts'

/** What a minimizer is given. */
export interface Problem {
  /** The energy of each row. */
  readonly energy: Energy
  /** Where $y$ may lie. */
  readonly domain: Domain
  /** Where to start, `[batch, ...domain.shape]`, inside the domain. */
  readonly start: Tensor
}

/**
 * An inference method: $\hat y = \arg\min_{y \in \text{domain}} E(x, y)$, approximately, each row by itself. It is traceable, so that a jitted
 * function can hold it.
 */
export type Minimizer = (problem: Problem) => TracedSolution
