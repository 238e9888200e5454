/**
 * Models without structure: the baselines that every family starts from.
 * @packageDocumentation
 */
export { categoricalSolution } from './categorical-solution.ts'
export { classifierPhase, type ClassifierPhaseOptions } from './classifier-phase.ts'
export {
  energyOverClassifier,
  labelEnergySettings,
  type LabelEnergySettings,
} from './energy-over-classifier.ts'
export {
  energyOverTagger,
  type TagEnergyParams,
  tagEnergySettings,
  type TagEnergySettings,
  type TaggedFeatures,
} from './energy-over-tagger.ts'
export {
  fcnFamily,
  fcnLearner,
  fcnSettings,
  type FcnSettings,
  segmenterNetwork,
  segmenterSettings,
} from './fcn-family.ts'
export { independentSolution } from './independent-solution.ts'
export {
  classifierNetwork,
  classifierSettings,
  mlpFamily,
  mlpLearner,
  mlpSettings,
  type MlpSettings,
} from './mlp-family.ts'
export {
  pixelCrossEntropy,
  segmenterLogits,
  segmenterPhase,
  type SegmenterPhaseOptions,
  type SegmenterState,
  solveMasks,
} from './segmenter-phase.ts'
export { tagEnergyPhase, type TagEnergyPhaseOptions } from './tag-energy-phase.ts'
export { tagSolution } from './tag-solution.ts'
export {
  taggerFamily,
  taggerLearner,
  taggerNetwork,
  taggerSchema,
  taggerSettings,
  type TaggerSettings,
} from './tagger-family.ts'
export { tagCrossEntropy, taggerPhase, type TaggerPhaseOptions } from './tagger-phase.ts'
