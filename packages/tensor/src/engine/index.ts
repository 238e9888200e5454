/**
 * What engines are made of, beside the main entry: for packages that bring an engine.
 * @packageDocumentation
 */
export { collectChecks, type Check, type Checked } from './check.ts'
export { loadGradients } from './gradients.ts'
export { type InputLeaf, isInputLeaf, refuseInput } from './input-leaf.ts'
export { type LoopLowering, lowerLoops } from '../loop.ts'
export type { FlatResult } from '../scan/flat-step.ts'
export { lowerScans, type ScanLowering } from '../scan/walk.ts'
export { sharing, type Summation } from '../shares.ts'
export { notATensor } from '../gradient.ts'
export { abandonTape } from '../ops/tape.ts'
