import { join } from 'node:path'
import { DataError } from '@deepstruct/tensor'
import { decodeText } from '../bytes.ts'
import { checkColumns, columnsOf } from '../columns.ts'
import { parseMulan } from '../mulan.ts'
import { parseMulanLabels } from '../mulan-labels.ts'
import type { MultilabelDataset } from '../multilabel.ts'
import { cacheFolder } from './cache-folder.ts'
import { download, type DownloadProgress } from './download.ts'
import { isReadable, readBytes, sha256 } from './files.ts'
import { type NamedFile, namedSets, type NamedSet, namedSetsSource } from './named-sets.ts'

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

/** A set with its published split. */
export interface TrainAndTest {
  /** Training examples; carve a dev split from them. */
  readonly train: MultilabelDataset
  /** Test examples. */
  readonly test: MultilabelDataset
}

/**
 * Loads a set of the Mulan form. Each file is looked for in the data folder and in the cache folder, as `<folder>/<name>` or
 * `<folder>/<name>.gz`, and downloaded to the cache folder when it is in neither. Its sha256 is checked in every case.
 *
 * @throws `DataError` when a file has another content, or cannot be downloaded
 */
export async function loadNamedSet(
  set: NamedSet,
  options: LoadNamedOptions = {},
): Promise<TrainAndTest> {
  const [labels, train, test] = [
    await textOf(set, set.labels, options),
    await textOf(set, set.train, options),
    await textOf(set, set.test, options),
  ]
  const names = parseMulanLabels(labels, { file: set.labels.name })
  const sets = {
    train: parseMulan(train, names, { file: set.train.name }),
    test: parseMulan(test, names, { file: set.test.name }),
  }
  checkColumns(sets.test, columnsOf(sets.train), { file: set.test.name })
  return sets
}

/** Bibtex: 4880 and 2515 examples, 1836 binary features, 159 labels. */
export function loadBibtex(options?: LoadNamedOptions): Promise<TrainAndTest> {
  return loadNamedSet(namedSets.bibtex, options)
}

/** Delicious: 12920 and 3185 examples, 500 binary features, 983 labels. */
export function loadDelicious(options?: LoadNamedOptions): Promise<TrainAndTest> {
  return loadNamedSet(namedSets.delicious, options)
}

/** Yeast: 1500 and 917 examples, 103 real features, 14 labels. */
export function loadYeast(options?: LoadNamedOptions): Promise<TrainAndTest> {
  return loadNamedSet(namedSets.yeast, options)
}

/** Scene: 1211 and 1196 examples, 294 real features, 6 labels. */
export function loadScene(options?: LoadNamedOptions): Promise<TrainAndTest> {
  return loadNamedSet(namedSets.scene, options)
}

/** Emotions: 391 and 202 examples, 72 real features, 6 labels. */
export function loadEmotions(options?: LoadNamedOptions): Promise<TrainAndTest> {
  return loadNamedSet(namedSets.emotions, options)
}

async function textOf(set: NamedSet, file: NamedFile, options: LoadNamedOptions): Promise<string> {
  const cache = join(options.cacheDir ?? cacheFolder(), set.folder)
  const dataDir = options.dataDir ?? process.env['DEEPSTRUCT_DATA']
  const folders = [...(dataDir ? [join(dataDir, set.folder)] : []), cache]
  for (const folder of folders)
    for (const name of [file.name, `${file.name}.gz`]) {
      const path = join(folder, name)
      if (await isReadable(path)) return checkedText(path, file)
    }
  const destination = join(cache, file.name)
  await download({
    url: `${options.source ?? namedSetsSource}/${set.folder}/${file.name}`,
    destination,
    bytes: file.bytes,
    sha256: file.sha256,
    onProgress: options.onProgress,
    signal: options.signal,
  })
  return checkedText(destination, file)
}

async function checkedText(path: string, file: NamedFile): Promise<string> {
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
  return decodeText(content, { file: path })
}
