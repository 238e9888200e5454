import { DomainError } from '@deepstruct/tensor'
import { encodeSafetensors } from './encode-safetensors.ts'
import { MODEL_FORMAT, type NewModelFile } from './model-file.ts'
import { DESCRIPTION, descriptionSchema } from './model-schema.ts'
import { parametersToTensors } from './parameter-tensors.ts'
import { firstProblem } from './schema-problem.ts'

/**
 * The bytes of a model file: safetensors with dotted parameter names, and a description of the model as JSON under the
 * metadata key `deepstruct`.
 *
 * @param model - the model; the format is filled in
 * @throws {@link @deepstruct/tensor!DomainError} for a description that {@link decodeModel} would refuse, such as a
 * configuration that is no JSON, and for parameters that dotted names cannot carry
 *
 * @example
 * ```ts
 * import { array } from '@deepstruct/tensor'
 * import { decodeModel, encodeModel } from '@deepstruct/training'
 *
 * const bytes = encodeModel({
 *   family: 'mlp',
 *   configuration: { hidden: [] },
 *   labelNames: ['sunny'],
 *   inputs: { count: 2 },
 *   threshold: 0.5,
 *   dataDigest: 'sha256:0',
 *   parameters: { layers: [{ kernel: array([[1], [2]]), bias: array([0]) }] },
 *   createdBy: '0.1.0',
 * })
 * decodeModel(bytes).family // 'mlp'
 * ```
 */
export function encodeModel({ parameters, ...model }: NewModelFile): Uint8Array {
  const parsed = descriptionSchema.safeParse({ ...model, format: MODEL_FORMAT })
  if (!parsed.success) {
    const { path, got, expected } = firstProblem(parsed.error, model)
    throw new DomainError({ function: 'encodeModel', argument: path, got, expected })
  }
  return encodeSafetensors(parametersToTensors(parameters), {
    [DESCRIPTION]: JSON.stringify(parsed.data),
  })
}
