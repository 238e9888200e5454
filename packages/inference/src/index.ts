/**
 * Energies, domains, minimizers and predictors.
 * @packageDocumentation
 */
export { averageOverCrops } from './average-over-crops.ts'
export { type Backtracking } from './backtracking.ts'
export { bestSoFar } from './best-so-far.ts'
export { box, projectBox } from './box.ts'
export { breather } from './breather.ts'
export { costAugmented } from './cost-augmented.ts'
export { type CropGrid, cropGrid } from './crop-grid.ts'
export { borderMargin, cornerLimit, type Domain } from './domain.ts'
export { energySolver } from './energy-solver.ts'
export type { Energy, EnergyNetwork } from './energy.ts'
export { chainEdges } from './exact/chain-edges.ts'
export { enumeratedMarginals } from './exact/enumerated-marginals.ts'
export { enumeration, type EnumerationOptions } from './exact/enumeration.ts'
export type { ExactInferencer, ExactOptions } from './exact/exact-inferencer.ts'
export { hammingCost } from './exact/hamming-cost.ts'
export { maxProduct } from './exact/max-product.ts'
export {
  checkPotentials,
  type Potentials,
  type PotentialsSize,
  tableOffsets,
} from './exact/potentials.ts'
export { potentialsEnergy } from './exact/potentials-energy.ts'
export { type Marginals, sumProduct } from './exact/sum-product.ts'
export { visitAssignments } from './exact/visit-assignments.ts'
export { viterbi } from './exact/viterbi.ts'
export { exhaustive, type ExhaustiveOptions } from './exhaustive.ts'
export { frankWolfe, type FrankWolfeOptions } from './frank-wolfe.ts'
export { iterate, type IterativeMinimizer } from './iterate.ts'
export type { LabelEnergy } from './label-energy/label-energy.ts'
export {
  measurementEnergy,
  type MeasurementEnergyOptions,
  type MeasurementParams,
} from './label-energy/measurement-energy.ts'
export { pairwiseEnergy, type PairwiseParams } from './label-energy/pairwise-energy.ts'
export {
  tagLanguageModelEnergy,
  type TagLanguageModelEnergyOptions,
  type TagLanguageModelParams,
} from './label-energy/tag-language-model-energy.ts'
export {
  tagPairEnergy,
  type TagPairEnergyOptions,
  type TagPairParams,
  tagPairPotentials,
} from './label-energy/tag-pair-energy.ts'
export { logitGradient } from './logit-gradient.ts'
export type { LogitStepOptions } from './logit-steps.ts'
export { masked } from './masked.ts'
export type { Minimizer, Problem } from './minimizer.ts'
export { mirrorDescent } from './mirror-descent.ts'
export {
  predictor,
  type Predictor,
  type PredictorConfiguration,
  type PredictOptions,
} from './predictor.ts'
export { projectSimplex } from './project-simplex.ts'
export { projectedGradient, type ProjectedGradientOptions } from './projected-gradient.ts'
export type { IterationOptions } from './search.ts'
export { severalStarts, type SeveralStartsOptions } from './several-starts.ts'
export { simplex, type SimplexConfiguration } from './simplex.ts'
export { type Solution, type Status, statuses, type TracedSolution } from './solution.ts'
export { localEnergy, spen, type SpenOptions, type SpenParams } from './spen.ts'
export type { Point, StepRule } from './step-rule.ts'
export { unrolled, type UnrolledSolution } from './unrolled.ts'
