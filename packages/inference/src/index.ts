/**
 * Energies, domains, minimizers and predictors.
 * @packageDocumentation
 */
export type { Domain } from './domain.ts'
export type { Energy, EnergyNetwork } from './energy.ts'
export type { Minimizer, Problem } from './minimizer.ts'
export { predictor, type Predictor, type PredictorConfiguration } from './predictor.ts'
export { type Solution, type Status, statuses, type TracedSolution } from './solution.ts'
