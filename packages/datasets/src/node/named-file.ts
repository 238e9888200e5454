import { join } from 'node:path'
import { DataError } from '@deepstruct/tensor'
import { cacheFolder } from './cache-folder.ts'
import { download, type DownloadProgress } from './download.ts'
import { isReadable, readBytes, sha256 } from './files.ts'
import type { NamedFile } from './named-sets.ts'

/** Where a named set is looked for. */
export interface LoadNamedOptions {
  /** A folder that is looked into first; files in it may be gzip-compressed. Default the environment's `DEEPSTRUCT_DATA`. */
  readonly dataDir?: string
  /** Where downloads are kept; default `deepstruct` in the user's cache folder. */
  readonly cacheDir?: string
  /** Where missing files are downloaded from; default the pinned source. A mirror must have the same content. */
  readonly source?: string
  /** Called as a download proceeds. */
  readonly onProgress?: (progress: DownloadProgress) => void
  /** Stops a download; the next call goes on from there. */
  readonly signal?: AbortSignal
}

/**
 * The content of a file of a named set, unpacked: from the data folder or the cache folder, as `<folder>/<name>` or `<folder>/<name>.gz`,
 * else downloaded to the cache folder. Its sha256 is checked in every case.
 *
 * @param folder - that of the set
 * @param source - where the folder is published, if it is
 * @throws `DataError` when the file has another content, cannot be downloaded, or is in neither folder and not published
 */
export async function namedFile(
  folder: string,
  file: NamedFile,
  options: LoadNamedOptions,
  source: string | undefined,
): Promise<{ readonly content: Uint8Array; readonly path: string }> {
  const cache = join(options.cacheDir ?? cacheFolder(), folder)
  const dataDir = options.dataDir ?? process.env['DEEPSTRUCT_DATA']
  const folders = [...(dataDir ? [join(dataDir, folder)] : []), cache]
  for (const place of folders)
    for (const name of [file.name, `${file.name}.gz`]) {
      const path = join(place, name)
      if (await isReadable(path)) return checked(path, file)
    }
  const from = options.source ?? source
  if (from === undefined)
    throw new DataError({
      function: 'namedFile',
      argument: 'dataDir',
      got: `without the file; looked into ${folders.join(' and ')}`,
      expected: `${folder}/${file.name} in the data folder`,
      why: 'no public address has this file, so it is not downloaded',
      file: file.name,
    })
  const destination = join(cache, file.name)
  await download({
    url: `${from}/${folder}/${file.name}`,
    destination,
    bytes: file.bytes,
    sha256: file.sha256,
    onProgress: options.onProgress,
    signal: options.signal,
  })
  return checked(destination, file)
}

async function checked(
  path: string,
  file: NamedFile,
): Promise<{ readonly content: Uint8Array; readonly path: string }> {
  const content = await readBytes(path)
  const sum = sha256(content)
  if (sum !== file.sha256)
    throw new DataError({
      function: 'loadNamedSet',
      argument: 'content',
      got: `of sha256 ${sum}`,
      expected: file.sha256,
      why: 'the published file; a damaged or edited one would give other results',
      file: path,
    })
  return { content, path }
}
