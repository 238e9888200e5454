/**
 * Multi-label data, images and tagged sentences from files: named sets with download, loading by file ending, folders of images. Needs Node.
 * @packageDocumentation
 */
export { cacheFolder } from './cache-folder.ts'
export { download, type Download, type DownloadProgress } from './download.ts'
export { loadClassification, type LoadClassificationOptions } from './load-classification.ts'
export { readBytes, readNpy, readText } from './files.ts'
export {
  type LoadedImages,
  loadImagePairs,
  type LoadImagePairsOptions,
  loadImages,
  type LoadImagesOptions,
} from './load-images.ts'
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
export {
  loadEnglishWebTreebank,
  loadTagged,
  type LoadTaggedOptions,
  loadTwitterPos,
  type TaggedSplit,
} from './load-tagged.ts'
export type { LoadNamedOptions } from './named-file.ts'
export {
  type NamedFile,
  type NamedSet,
  type NamedSetName,
  namedSets,
  namedSetsSource,
} from './named-sets.ts'
export { type HorseSplit, loadWeizmannHorses } from './weizmann-horses.ts'
export { writeClassMask } from './write-class-mask.ts'
export { writeMask, type WriteMaskOptions } from './write-mask.ts'
