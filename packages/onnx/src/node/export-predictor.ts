import { writeFileAtomic } from '@deepstruct/training/node'
import { type Exportable, type ExportOptions, onnxModelOf } from '../export/onnx-model-of.ts'

/**
 * Writes a predictor as one ONNX file that any ONNX runtime executes: `onnxModelOf` says what is in it. The file is
 * written whole or not at all.
 *
 * @param predictor - the trained model
 * @param path - the file; its folder must exist
 * @returns the length of the file in bytes
 * @throws what `onnxModelOf` throws, and {@link @deepstruct/tensor!ModelFileError} when the file system refuses
 */
export async function exportPredictor<P, X>(
  predictor: Exportable<P, X>,
  path: string,
  options: ExportOptions<X>,
): Promise<number> {
  const bytes = await onnxModelOf(predictor, options)
  await writeFileAtomic(path, bytes)
  return bytes.length
}
