/**
 * Deep value networks.
 * @packageDocumentation
 */
export { dvnFamily, dvnLearner, type DvnSettings, dvnSettings } from './dvn-family.ts'
export {
  dvnSegmentationFamily,
  dvnSegmentationLearner,
  type DvnSegmentationSettings,
  dvnSegmentationSettings,
  type DvnSegmentationState,
} from './dvn-segmentation-family.ts'
export {
  featureStatistics,
  type FeatureStatistics,
  standardizeFeatures,
} from './feature-statistics.ts'
export {
  labelValueNetwork,
  type LabelValueOptions,
  type LabelValueParams,
} from './label-value-network.ts'
export {
  localValueNetwork,
  type LocalValueOptions,
  type LocalValueParams,
} from './local-value-network.ts'
export { maskSolver, type MaskSolverOptions, maskValues } from './mask-solver.ts'
export {
  type MaskValueFeatures,
  type MaskValueNetwork,
  maskValueNetwork,
  type MaskValueOptions,
  type MaskValueParams,
} from './mask-value-network.ts'
export { misdirection } from './misdirection.ts'
export { normalizedGradient, type NormalizedGradientOptions } from './normalized-gradient.ts'
export {
  accuracyValue,
  f1Value,
  hammingValue,
  iouValue,
  type OracleName,
  oracleNamed,
  type OracleValue,
} from './oracle-values.ts'
export type { SampleSettings } from './sample-settings.ts'
export {
  adversarialSampler,
  type AdversarialSamplerOptions,
} from './sampler/adversarial-sampler.ts'
export { inferenceSampler, type InferenceSamplerOptions } from './sampler/inference-sampler.ts'
export type { SampleProblem, Sampler } from './sampler/sampler.ts'
export type { SampleStart } from './sampler/start.ts'
export { truthSampler, type TruthSamplerOptions } from './sampler/truth-sampler.ts'
export { valueAscentSampler } from './sampler/value-ascent-sampler.ts'
export { type FeaturesWithStart, startingAt } from './starting-at.ts'
export { type OfBoth, sumOfValues } from './sum-of-values.ts'
export {
  onLogits,
  type ValueNetwork,
  valueNetwork,
  type ValueNetworkParts,
  valuesOf,
} from './value-network.ts'
export { valuePhase, type ValuePhaseOptions, type SampleShare } from './value-phase.ts'
