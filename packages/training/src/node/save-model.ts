import { encodeModel } from '../model-file/encode-model.ts'
import type { NewModelFile } from '../model-file/model-file.ts'
import { writeFileAtomic } from './write-file-atomic.ts'

/**
 * Writes a model file, whole or not at all.
 *
 * @param path - the file, as a rule `….safetensors`; its folder must exist
 * @param model - the model; the format is filled in
 * @throws {@link @deepstruct/tensor!DomainError} for a model that cannot be written, see {@link encodeModel}
 * @throws {@link @deepstruct/tensor!ModelFileError} when the file system refuses
 */
export async function saveModel(path: string, model: NewModelFile): Promise<void> {
  await writeFileAtomic(path, encodeModel(model))
}
