import { randomUUID } from 'node:crypto'
import { open, realpath, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileError } from './file-error.ts'

/** What {@link writeFileAtomic} writes: all at once, or piece by piece. */
export type FileContent = Uint8Array | string | AsyncIterable<Uint8Array | string>

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, flushed to the disk, then renamed.
 * Whoever reads the path sees the old file or the new one, also when the process dies in between; after an error the
 * temporary file is gone and the old one untouched. A link is followed, and its target replaced.
 *
 * @param path - the file; its folder must exist
 * @param content - bytes, text, or pieces of them; an error that the pieces throw is passed on
 * @throws {@link @deepstruct/tensor!ModelFileError} when the file system refuses
 */
export async function writeFileAtomic(path: string, content: FileContent): Promise<void> {
  const target = await realpath(path).catch(() => path)
  const temporary = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`)
  try {
    const file = await open(temporary, 'wx')
    try {
      if (typeof content === 'string' || content instanceof Uint8Array)
        await file.writeFile(content)
      else for await (const piece of content) await file.writeFile(piece)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw fileError('writeFileAtomic', path, error)
  }
}
