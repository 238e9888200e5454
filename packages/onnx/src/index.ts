/**
 * The compiled engine: jitted functions as one ONNX graph in ONNX Runtime.
 * @packageDocumentation
 */
export { explain } from './explain.ts'
export { onnxEngine, type OnnxOptions } from './onnx-engine.ts'
export type { RuntimeName } from './runtime/runtime.ts'
