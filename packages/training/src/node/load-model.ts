import { readFile } from 'node:fs/promises'
import { decodeModel } from '../model-file/decode-model.ts'
import type { ModelFile } from '../model-file/model-file.ts'
import { fileError } from './file-error.ts'

/**
 * Reads a model file.
 *
 * @param path - the file
 * @throws {@link @deepstruct/tensor!ModelFileError} when it is missing, a folder, not permitted, empty, cut off,
 * malformed, or of a newer format; the message names the file
 */
export async function loadModel(path: string): Promise<ModelFile> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError('loadModel', path, error)
  })
  return decodeModel(bytes, { file: path })
}
