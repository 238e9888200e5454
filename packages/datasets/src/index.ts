/**
 * Loaders of multi-label data sets, of images with masks and of tagged sentences, and synthetic data with planted dependence.
 * @packageDocumentation
 */
export { type ArffAttribute, type ArffTable, parseArff } from './arff.ts'
export { decodeText, unpack } from './bytes.ts'
export { checkColumns, type Columns, columnsOf } from './columns.ts'
export { type CsvOptions, parseCsv } from './csv.ts'
export {
  bestExpectedF1,
  bestThresholdF1,
  expectedF1,
  type ExpectedF1Table,
  expectedF1Table,
} from './expected-f1.ts'
export { type ImageBatch, type ImageDataset, imageDataset, type ImageParts } from './images.ts'
export { type JsonlOptions, parseInputRow, parseJsonl } from './jsonl.ts'
export { parseMulan } from './mulan.ts'
export { parseMulanLabels } from './mulan-labels.ts'
export {
  type Dataset,
  type MultilabelBatch,
  type MultilabelDataset,
  multilabelDataset,
  type MultilabelParts,
} from './multilabel.ts'
export { parseNpy } from './npy.ts'
export type { ParseOptions } from './place.ts'
export {
  encodePng,
  parseClassMask,
  type ParseClassMaskOptions,
  parseMask,
  parsePng,
  type ParsePngOptions,
} from './png.ts'
export { type ImageSize, resizeImages } from './resize-images.ts'
export {
  extentOf,
  type Features,
  gatherRows,
  isSparse,
  selectRows,
  type SparseMatrix,
  type SparseRows,
  sparseRows,
  toDense,
  toSparse,
} from './sparse.ts'
export { split } from './split.ts'
export {
  fitStandardizer,
  standardize,
  standardizeFeatures,
  type Standardizer,
} from './standardize.ts'
export { parseSvmlight, type SvmlightOptions } from './svmlight.ts'
export {
  impossibleShare,
  shapeClasses,
  shapeProblem,
  syntheticShapes,
  type SyntheticShapesOptions,
} from './synthetic-shapes.ts'
export {
  type SyntheticCeilings,
  syntheticMultilabel,
  type SyntheticMultilabel,
  type SyntheticOptions,
  type SyntheticOracle,
} from './synthetic.ts'
export { type ConllOptions, parseConll, parseConllTokens } from './tagging/conll.ts'
export { type ConlluOptions, parseConllu } from './tagging/conllu.ts'
export { paddedLength } from './tagging/padded-length.ts'
export {
  type TagBatch,
  type TaggedDataset,
  taggedDataset,
  type TaggedParts,
  tagNamesOf,
} from './tagging/tagged-dataset.ts'
export type { TaggedSentence } from './tagging/tagged-sentence.ts'
export { type TokenFeature, tokenFeatures, tokenShape } from './tagging/token-features.ts'
export {
  fitVocabularies,
  PADDING_ID,
  tokenEncoder,
  type TokenVocabulary,
  UNKNOWN_ID,
  type VocabularyOptions,
  vocabularySizes,
} from './tagging/vocabulary.ts'
export { type MulanTexts, writeCsv, writeJsonl, writeMulan, writeSvmlight } from './write.ts'
export { parseTargetArff, parseTargetCsv, type TargetOptions } from './target.ts'
export { hashedTokens, type HashedTokensOptions } from './hashed-tokens.ts'
