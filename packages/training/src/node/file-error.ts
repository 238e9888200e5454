import { ModelFileError } from '@deepstruct/tensor'

const WORDS: ReadonlyMap<string, readonly [got: string, expected: string]> = new Map([
  ['ENOENT', ['missing', 'a file, or for writing an existing folder']],
  ['ENOTDIR', ['below something that is no folder', 'a path through folders']],
  ['EISDIR', ['a folder', 'a file']],
  ['ENOTEMPTY', ['a folder', 'a file']],
  ['EEXIST', ['a folder', 'a file']],
  ['EACCES', ['not permitted', 'a path that this user may use']],
  ['EPERM', ['not permitted', 'a path that this user may use']],
  ['EROFS', ['on a read-only file system', 'a path that can be written']],
  ['ENOSPC', ['on a full disk', 'room for the file']],
])

/** A refusal of the file system as a typed error; an error of any other origin comes back as it is. */
export function fileError(fn: string, path: string, error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error && typeof error.code === 'string')) return error
  if (!('syscall' in error || error.code.startsWith('ERR_FS_'))) return error
  const [got, expected] = WORDS.get(error.code) ?? [error.message, 'a file that can be used']
  return new ModelFileError({
    function: fn,
    argument: 'path',
    got,
    expected,
    file: path,
    cause: error,
  })
}
