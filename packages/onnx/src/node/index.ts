/**
 * ONNX files on the disk, for Node.
 * @packageDocumentation
 */
export { exportPredictor } from './export-predictor.ts'
