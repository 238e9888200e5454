import type { Tensor } from '@deepstruct/tensor'
import { describe } from 'vitest'
import * as laws from './minimizer-laws.ts'

/** What the suite uses of a domain. */
export interface ContractDomain {
  readonly shape: readonly number[]
  start(batch: number): Tensor
}

/** What a minimizer is given. */
export interface ContractProblem<D> {
  readonly energy: (y: Tensor) => Tensor
  readonly domain: D
  readonly start: Tensor
}

/** What a minimizer returns; the statuses are 0 converged, 1 step limit, 2 diverged. */
export interface ContractSolution {
  readonly y: Tensor
  readonly energy: Tensor
  readonly steps: Tensor
  readonly status: Tensor
  readonly trace?: Tensor
}

/** A minimizer, as the suite sees it. */
export type ContractMinimizer<D> = (problem: ContractProblem<D>) => ContractSolution

/** What the suite tells a minimizer. */
export interface ContractOptions {
  readonly steps: number
  readonly tolerance?: number
  readonly trace?: boolean
}

/** The minimizer under test and what it promises. */
export interface MinimizerContract<D extends ContractDomain> {
  /** The domains to try it on. */
  readonly domains: {
    box(shape: readonly number[], mask?: Tensor): D
    simplex(of: { positions: number; classes: number; mask?: Tensor }): D
  }
  /** Makes it. */
  readonly make: (options: ContractOptions) => ContractMinimizer<D>
  /** Makes it with its steps on the tape, where that is possible and its derivative is of use. */
  readonly unrolled?: (options: ContractOptions) => ContractMinimizer<D>
  /** The promises that not every minimizer makes. */
  readonly promises: {
    /** It comes within 1e-3 of the minimum of a convex energy in so many steps. */
    readonly convexSteps?: number
    /** It never ends above the energy of its start. */
    readonly neverWorse?: boolean
    /** No step raises the energy. */
    readonly monotone?: boolean
    /** It finds the best corner. */
    readonly exactCorner?: boolean
    /** It goes step by step: it takes notice of the steps, the tolerance and the trace. */
    readonly iterative?: boolean
  }
}

/**
 * The suite that every minimizer passes: feasible points, energies that are those of the points, rows each by themselves, masks, no
 * gradient; and what it promises beyond that.
 */
export function minimizerContract<D extends ContractDomain>(
  name: string,
  contract: MinimizerContract<D>,
): void {
  const { unrolled, promises } = contract
  describe(`the contract of ${name}`, () => {
    laws.endsAtFeasiblePoints(contract)
    laws.treatsRowsAlone(contract)
    laws.honorsMasks(contract)
    laws.isOffTheTape(contract)
    if (promises.convexSteps !== undefined) laws.findsConvexMinima(contract, promises.convexSteps)
    if (promises.neverWorse) laws.isNeverWorse(contract)
    if (promises.monotone) laws.neverRaises(contract)
    if (promises.exactCorner) laws.findsBestCorners(contract)
    if (promises.iterative) laws.handsOutTraces(contract)
    if (promises.iterative) laws.reportsStatuses(contract)
    if (unrolled) laws.hasDerivatives(contract, unrolled)
  })
}
