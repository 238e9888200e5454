/**
 * The compiled engine: jitted functions as one ONNX graph in ONNX Runtime.
 * @packageDocumentation
 */
export { explain } from './explain.ts'
export type { Described, InputDescription } from './export/input-description.ts'
export { type Exportable, type ExportOptions, onnxModelOf } from './export/onnx-model-of.ts'
export { type OnnxEngine, onnxEngine, type OnnxOptions } from './onnx-engine.ts'
export type { GraphReport, Report } from './report.ts'
export type { RuntimeModule, RuntimeName } from './runtime/runtime.ts'
