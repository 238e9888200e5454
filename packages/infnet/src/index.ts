/**
 * Inference networks: structured prediction energy networks that answer at once.
 * @packageDocumentation
 */
export { binaryEntropy } from './binary-entropy.ts'
export { compoundPhase, type CompoundPhaseOptions, type NetworkPair } from './compound-phase.ts'
export type { EnergyPart } from './energy-part.ts'
export type { Measure } from './evaluate-network.ts'
export type { GameOptions } from './game.ts'
export { type InferenceNetwork, inferenceNetwork, secondOutput } from './inference-network.ts'
export {
  infnetFamily,
  infnetLearner,
  type InfnetSettings,
  infnetSettings,
  type InfnetState,
} from './infnet-family.ts'
export {
  infnetTaggingFamily,
  infnetTaggingLearner,
  type InfnetTaggingSettings,
  infnetTaggingSettings,
  type InfnetTaggingState,
  type TaggerParams,
} from './infnet-tagging-family.ts'
export { minimaxPhase, type MinimaxPhaseOptions } from './minimax-phase.ts'
export { type NetworkObjective, networkObjective } from './network-objective.ts'
export { networkSolver } from './network-solver.ts'
export type { Stabilizers } from './stabilizers.ts'
export { tuningPhase, type TuningPhaseOptions } from './tuning-phase.ts'
export { type HingeForm, violation } from './violation.ts'
