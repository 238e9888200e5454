/**
 * Support vector machines, structured SVMs and conditional random fields of label sets, with exact inference.
 * @packageDocumentation
 */
export { ENUMERATED_LABELS, enumeratedBeliefs } from './beliefs/enumerated-beliefs.ts'
export { independentBeliefs } from './beliefs/independent-beliefs.ts'
export type {
  BeliefKind,
  BeliefSolver,
  LabelBeliefs,
  LabelScores,
} from './beliefs/label-beliefs.ts'
export { meanFieldBeliefs, type MeanFieldOptions } from './beliefs/mean-field-beliefs.ts'
export { relaxedBeliefs } from './beliefs/relaxed-beliefs.ts'
export { treeBeliefs } from './beliefs/tree-beliefs.ts'
export {
  crfFamily,
  crfLearner,
  type CrfParams,
  crfSettings,
  type CrfSettings,
} from './families/crf-family.ts'
export {
  labelPairEnergy,
  type LabelPairEnergyOptions,
  type LabelPairs,
} from './families/label-pair-energy.ts'
export {
  ssvmFamily,
  ssvmLearner,
  type SsvmParams,
  ssvmSettings,
  type SsvmSettings,
} from './families/ssvm-family.ts'
export {
  type ClassHinge,
  svmFamily,
  type SvmHeadOptions,
  svmHeadPhase,
  type SvmParams,
  svmSettings,
  type SvmSettings,
} from './families/svm-family.ts'
export { chowLiuTree, labelGraph, type LabelGraphKind } from './labels/label-graph.ts'
export {
  f1LabelLoss,
  hammingLabelLoss,
  type LabelLoss,
  weightedHammingLabelLoss,
} from './labels/label-loss.ts'
export { blockFrankWolfe } from './learners/block-frank-wolfe.ts'
export { cuttingPlanes } from './learners/cutting-planes.ts'
export type { Memory, PassReport, StructuredLearner } from './learners/structured-learner.ts'
export type {
  Corner,
  LabelWeights,
  StructuredExamples,
  StructuredProblem,
} from './learners/structured-problem.ts'
export {
  type StructuredSvm,
  structuredSvm,
  type StructuredSvmOptions,
} from './learners/structured-svm.ts'
export { subgradient } from './learners/subgradient.ts'
export { countedViolators } from './loss-augmented/counted-violators.ts'
export { enumeratedViolators } from './loss-augmented/enumerated-violators.ts'
export { inferredViolators } from './loss-augmented/inferred-violators.ts'
export {
  type BoundedSolution,
  integerProgram,
  type IntegerProgramOptions,
} from './loss-augmented/integer-program.ts'
export type {
  LossAugmentedInference,
  Rescaling,
  Violations,
  Violators,
} from './loss-augmented/loss-augmented.ts'
export { relaxedViolators } from './loss-augmented/relaxed-violators.ts'
export type { BinaryLoss } from './svm/binary-dual.ts'
export { type BinarySvm, binarySvm, type BinarySvmOptions } from './svm/binary-svm.ts'
export type { ExampleRows } from './svm/example-rows.ts'
export type { MulticlassLoss } from './svm/multiclass-block.ts'
export {
  type MulticlassSvm,
  multiclassSvm,
  type MulticlassSvmOptions,
} from './svm/multiclass-svm.ts'
export type { Optimum, SvmOptions } from './svm/svm-options.ts'
