/**
 * Every op against a reference in double precision, for the tests of engines in this repository.
 * @packageDocumentation
 */
export { opCases } from './cases/all.ts'
export type { OpCase } from './op-case.ts'
export { conformance } from './suite.ts'
