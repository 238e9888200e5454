/**
 * Multi-label data from files: named sets with download, and loading by file ending. Needs Node.
 * @packageDocumentation
 */
export { cacheFolder } from './cache-folder.ts'
export { download, type Download, type DownloadProgress } from './download.ts'
export { readBytes, readNpy, readText } from './files.ts'
export {
  loadMultilabel,
  type LoadMultilabelOptions,
  type MultilabelFormat,
} from './load-multilabel.ts'
export {
  loadBibtex,
  loadDelicious,
  loadEmotions,
  loadNamedSet,
  loadScene,
  loadYeast,
  type TrainAndTest,
} from './load-named.ts'
export { type HorseSplit, loadWeizmannHorses } from './weizmann-horses.ts'
export type { LoadNamedOptions } from './named-file.ts'
export {
  type NamedFile,
  type NamedSet,
  type NamedSetName,
  namedSets,
  namedSetsSource,
} from './named-sets.ts'
