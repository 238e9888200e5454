/**
 * Model files on the disk, for Node.
 * @packageDocumentation
 */
export { fileCheckpoint, loadCheckpoint } from './file-checkpoint.ts'
export { loadModel } from './load-model.ts'
export { saveModel } from './save-model.ts'
export { type FileContent, writeFileAtomic } from './write-file-atomic.ts'
