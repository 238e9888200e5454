import type { Case } from './case.ts'
import type { Limits } from './timing.ts'

/** Whoever computes: an engine of ours, or a way of a peer. */
export interface Contender {
  /** The name in rows. */
  readonly name: string
  /** Gets a cell ready, or gives nothing where there is no such form of the computation. */
  prepare(problem: Case, batch: number): Promise<Prepared | undefined>
}

/** A cell that can be measured. */
export interface Prepared {
  /** The first call in milliseconds. */
  readonly firstMs: number
  /** Tracing and preparation of graphs, where that is known. */
  readonly compileMs?: number
  /** What is compared. */
  readonly values: ArrayLike<number>
  /** The milliseconds of each call. */
  times(limits: Limits): Promise<readonly number[]>
}
