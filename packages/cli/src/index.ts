/**
 * The deepstruct command, as a function.
 * @packageDocumentation
 */
export { families } from './families.ts'
export type { Io, Output } from './io.ts'
export { processIo } from './process-io.ts'
export { run } from './run.ts'
