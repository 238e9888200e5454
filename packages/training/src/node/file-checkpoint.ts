import { readFile } from 'node:fs/promises'
import {
  type CheckpointFile,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../checkpoint/checkpoint-file.ts'
import type { Checkpoint } from '../fit/fit.ts'
import { fileError } from './file-error.ts'
import { writeFileAtomic } from './write-file-atomic.ts'

/**
 * Keeps the latest snapshot of a run in one file, replaced as a whole each time.
 *
 * @param path - the file; its folder must exist
 * @param options - `settings`: the configuration of the run as text, given back by {@link loadCheckpoint}; `everySteps`: see {@link Checkpoint}
 */
export function fileCheckpoint<S>(
  path: string,
  options: { readonly settings?: string; readonly everySteps?: number } = {},
): Checkpoint<S> {
  const { settings, ...rest } = options
  return {
    ...rest,
    save: (snapshot) => writeFileAtomic(path, encodeCheckpoint(snapshot, settings)),
  }
}

/**
 * Reads the snapshot that {@link fileCheckpoint} kept.
 *
 * @throws {@link @deepstruct/tensor!ModelFileError} when the file is missing, cut off, or no checkpoint
 */
export async function loadCheckpoint<S>(path: string): Promise<CheckpointFile<S>> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileError('loadCheckpoint', path, error)
  })
  return decodeCheckpoint(bytes, { file: path })
}
