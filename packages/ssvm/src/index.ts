/**
 * Support vector machines, structured SVMs and conditional random fields of label sets, with exact inference.
 * @packageDocumentation
 */
export type { BinaryLoss } from './svm/binary-dual.ts'
export { type BinarySvm, binarySvm, type BinarySvmOptions } from './svm/binary-svm.ts'
export type { MulticlassLoss } from './svm/multiclass-block.ts'
export {
  type MulticlassSvm,
  multiclassSvm,
  type MulticlassSvmOptions,
} from './svm/multiclass-svm.ts'
export type { Optimum, SvmOptions } from './svm/svm-options.ts'
