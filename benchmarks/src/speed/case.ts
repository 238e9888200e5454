import type { NDArray } from '@deepstruct/tensor'
import type { Limits } from './timing.ts'

/** A computation that everybody does on the same numbers. */
export interface Case {
  /** The name, for rows and peers. */
  readonly name: string
  /** Its batch sizes. */
  readonly batches: readonly number[]
  /** The numbers that peers must know: steps, step sizes, rates. */
  readonly settings: Readonly<Record<string, number>>
  /** Inputs and parameters by the names that peers use; a batch is the first rows of the inputs. */
  readonly arrays: Readonly<Record<string, NDArray>>
  /** Whether results can be compared; not where each draws random numbers of its own. */
  readonly comparable: boolean
  /** The computation on the engine in use. */
  work(batch: number): Promise<Work>
  /** The same written as a graph by hand, on the bare runtime; a limit for the compiled engine. */
  graph?(batch: number): Promise<Work>
}

/** A computation that is ready to start. */
export interface Work {
  /** The first call: compiles, and gives what is compared. */
  result(): Promise<ArrayLike<number>>
  /** The milliseconds of each call. */
  times(limits: Limits): Promise<readonly number[]>
}
