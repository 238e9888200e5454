/**
 * Structured prediction energy networks.
 * @packageDocumentation
 */
export { endToEndPhase, type EndToEndPhaseOptions } from './end-to-end-phase.ts'
export {
  type LabelEnergy,
  localEnergy,
  measurementEnergy,
  type MeasurementEnergyOptions,
  type MeasurementParams,
  pairwiseEnergy,
  type PairwiseParams,
  spen,
  type SpenOptions,
  type SpenParams,
} from '@deepstruct/inference'
export { spenFamily, spenLearner, type SpenSettings, spenSettings } from './spen-family.ts'
export {
  spenTaggingFamily,
  spenTaggingLearner,
  type SpenTaggingSettings,
  spenTaggingSettings,
} from './spen-tagging-family.ts'
export { ssvmPhase, type SsvmPhaseOptions } from './ssvm-phase.ts'
export type { StructuredPhaseOptions } from './structured-phase.ts'
