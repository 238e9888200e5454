import { ModelFileError } from '@deepstruct/tensor'
import type { z } from 'zod'
import { decodeSafetensors, type FileSource } from './decode-safetensors.ts'
import { duplicateKey } from './duplicate-key.ts'
import { MODEL_FORMAT, type ModelFile } from './model-file.ts'
import { DESCRIPTION, descriptionSchema, versionSchema } from './model-schema.ts'
import { tensorsToParameters } from './parameter-tensors.ts'
import { firstProblem } from './schema-problem.ts'

/**
 * Reads the bytes of a model file; everything is checked before anything is used.
 *
 * @param bytes - the whole file
 * @param source - names the file in errors
 * @throws {@link @deepstruct/tensor!ModelFileError} for a file that is cut off, malformed, not a model of deepstruct, or
 * of a newer format than {@link MODEL_FORMAT}
 */
export function decodeModel(bytes: Uint8Array, source: FileSource = {}): ModelFile {
  const { tensors, metadata } = decodeSafetensors(bytes, source)
  const description = parseDescription(metadata[DESCRIPTION], source)
  const { format } = checked(versionSchema, description, source)
  if (format > MODEL_FORMAT)
    throw problem('the format', `${format}`, `${MODEL_FORMAT} or earlier`, {
      ...source,
      why: 'a newer release of deepstruct wrote it; update to read it',
    })
  return {
    ...checked(descriptionSchema, description, source),
    parameters: tensorsToParameters(tensors, source),
  }
}

function parseDescription(text: string | undefined, source: FileSource): unknown {
  if (text === undefined)
    throw problem('the metadata', `without the key ${DESCRIPTION}`, 'a model of deepstruct', {
      ...source,
      why: 'this safetensors file comes from another program',
    })
  let description: unknown
  try {
    description = JSON.parse(text)
  } catch {
    throw problem('the description', 'not valid JSON', 'a JSON object', source)
  }
  const twice = duplicateKey(text)
  if (twice !== undefined)
    throw problem('the description', `one with the key ${twice} twice`, 'each key once', source)
  return description
}

function checked<T>(schema: z.ZodType<T>, description: unknown, source: FileSource): T {
  const parsed = schema.safeParse(description)
  if (parsed.success) return parsed.data
  const { path, got, expected } = firstProblem(parsed.error, description)
  throw problem(path, got, expected, source)
}

function problem(
  argument: string,
  got: string,
  expected: string,
  { file, why }: FileSource & { readonly why?: string },
): ModelFileError {
  return new ModelFileError({
    function: 'decodeModel',
    argument,
    got,
    expected,
    ...(why === undefined ? {} : { why }),
    ...(file === undefined ? {} : { file }),
  })
}
