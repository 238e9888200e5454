/**
 * Structured prediction energy networks.
 * @packageDocumentation
 */
export { endToEndPhase, type EndToEndPhaseOptions } from './end-to-end-phase.ts'
export type { LabelEnergy } from './label-energy/label-energy.ts'
export {
  measurementEnergy,
  type MeasurementEnergyOptions,
  type MeasurementParams,
} from './label-energy/measurement-energy.ts'
export { pairwiseEnergy, type PairwiseParams } from './label-energy/pairwise-energy.ts'
export { spenFamily, spenLearner, type SpenSettings, spenSettings } from './spen-family.ts'
export { localEnergy, spen, type SpenOptions, type SpenParams } from './spen.ts'
export { ssvmPhase, type SsvmPhaseOptions } from './ssvm-phase.ts'
export type { StructuredPhaseOptions } from './structured-phase.ts'
