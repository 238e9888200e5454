/**
 * The fit loop: batches, optimizers, early stopping, checkpoints and model files.
 * @packageDocumentation
 */
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
  type NewModelFile,
} from './model-file/model-file.ts'
export { parametersToTensors, tensorsToParameters } from './model-file/parameter-tensors.ts'
export { type SafetensorsContent } from './model-file/safetensors-format.ts'
