/**
 * The compiled engine: jitted functions as one ONNX graph in ONNX Runtime.
 * @packageDocumentation
 */
export { explain } from './explain.ts'
export { type OnnxEngine, onnxEngine, type OnnxOptions } from './onnx-engine.ts'
export type { GraphReport, Report } from './report.ts'
export type { RuntimeName } from './runtime/runtime.ts'
