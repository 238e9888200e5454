import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { UsageError } from '../errors.ts'

/**
 * Checks that files can be written, before hours of work end in a refusal.
 *
 * @param files - paths by option
 * @throws {@link UsageError} when a folder is missing or not permitted, or a folder stands in the file's place
 */
export async function requireWritable(
  files: Readonly<Record<string, string | undefined>>,
): Promise<void> {
  for (const [flag, path] of Object.entries(files)) {
    if (path === undefined) continue
    const folder = dirname(path)
    const refuse = (why: string): UsageError =>
      new UsageError(`the option ${flag} is '${path}': ${why}`)
    const place = await stat(folder).catch(() => undefined)
    if (place?.isDirectory() !== true) throw refuse(`the folder ${folder} is missing`)
    if ((await stat(path).catch(() => undefined))?.isDirectory() === true)
      throw refuse('this is a folder')
    await access(folder, constants.W_OK).catch(() => {
      throw refuse(`the folder ${folder} cannot be written`)
    })
  }
}
