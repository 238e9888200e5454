/**
 * Model files on the disk, for Node.
 * @packageDocumentation
 */
export { loadModel } from './load-model.ts'
export { saveModel } from './save-model.ts'
export { type FileContent, writeFileAtomic } from './write-file-atomic.ts'
