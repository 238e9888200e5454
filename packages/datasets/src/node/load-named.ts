import { decodeText } from '../bytes.ts'
import { checkColumns, columnsOf } from '../columns.ts'
import { parseMulan } from '../mulan.ts'
import { parseMulanLabels } from '../mulan-labels.ts'
import type { MultilabelDataset } from '../multilabel.ts'
import { type LoadNamedOptions, namedFile } from './named-file.ts'
import { type NamedFile, namedSets, type NamedSet, namedSetsSource } from './named-sets.ts'

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
  const { content, path } = await namedFile(set.folder, file, options, namedSetsSource)
  return decodeText(content, { file: path })
}
