/**
 * The fit loop: batches, optimizers, early stopping, checkpoints and model files.
 * @packageDocumentation
 */
export {
  type CheckpointFile,
  decodeCheckpoint,
  encodeCheckpoint,
} from './checkpoint/checkpoint-file.ts'
export type { Dataset } from './dataset.ts'
export { classIoU, type ClassIoU, evaluateClassMasks } from './family/evaluate-class-masks.ts'
export { evaluateClasses, highestClass } from './family/evaluate-classes.ts'
export { evaluateMasks } from './family/evaluate-masks.ts'
export { evaluateMultilabel, scorer, type Scored } from './family/evaluate-multilabel.ts'
export { evaluateTags } from './family/evaluate-tags.ts'
export {
  type AnyFamily,
  type Family,
  family,
  type FamilyValues,
  type ImageSizes,
  type Parameters,
  type Problems,
  type Sizes,
  type TagSizes,
  type Task,
} from './family/family.ts'
export type { Labeled } from './family/labeled.ts'
export { parseSettings } from './family/parse-settings.ts'
export { type Checkpoint, fit, type FitOptions, type Fitted } from './fit/fit.ts'
export type { EpochProgress, EpochRecord, Progress, StepProgress } from './fit/progress.ts'
export type { PlayerSnapshot, Snapshot } from './fit/snapshot.ts'
export type {
  Evaluation,
  HostTurn,
  Learner,
  Metrics,
  Phase,
  Player,
  RowLosses,
  Turn,
} from './learner.ts'
export { decodeModel } from './model-file/decode-model.ts'
export { decodeSafetensors, type FileSource } from './model-file/decode-safetensors.ts'
export { encodeModel } from './model-file/encode-model.ts'
export { encodeSafetensors } from './model-file/encode-safetensors.ts'
export {
  type Json,
  type JsonObject,
  MODEL_FORMAT,
  type ModelFile,
  type ModelInputs,
  type ModelStandardizer,
  type ModelVocabulary,
  type NewModelFile,
} from './model-file/model-file.ts'
export { parametersToTensors, tensorsToParameters } from './model-file/parameter-tensors.ts'
export { type SafetensorsContent } from './model-file/safetensors-format.ts'
export { adam, type AdamOptions, adamW, type AdamWOptions } from './optimizer/adam.ts'
export { clipGlobalNorm } from './optimizer/clip-norm.ts'
export type { Optimizer } from './optimizer/optimizer.ts'
export {
  cosineDecay,
  exponentialDecay,
  piecewiseConstant,
  type Schedule,
} from './optimizer/schedule.ts'
export { sgd, type SgdOptions } from './optimizer/sgd.ts'
