import { z } from 'zod'
import { type EngineName, engineNames } from '../engines.ts'

/** What computes. */
export const engineOptions: {
  readonly engine: z.ZodExactOptional<z.ZodEnum<Record<EngineName, EngineName>>>
  readonly threads: z.ZodExactOptional<z.ZodInt>
} = {
  engine: z
    .enum(engineNames)
    .exactOptional()
    .describe('what computes (default: onnx where onnxruntime-node is installed, else wasm)'),
  threads: z
    .int()
    .positive()
    .exactOptional()
    .describe('threads of the engine onnx (default: the cores of this machine, at most 8)'),
}

/** Whether results are for programs. */
export const jsonOption: z.ZodDefault<z.ZodBoolean> = z
  .boolean()
  .default(false)
  .describe('print one JSON object as the last line')

/** Whether progress is left out. */
export const quietOption: z.ZodDefault<z.ZodBoolean> = z
  .boolean()
  .default(false)
  .describe('no progress on stderr')

/** Where published sets lie. */
export const dataDirOption: z.ZodExactOptional<z.ZodString> = z
  .string()
  .exactOptional()
  .describe('folder of the published sets; else $DEEPSTRUCT_DATA, else they are downloaded')
  .meta({ placeholder: 'folder' })

/** Which columns are labels. */
export const labelsOption: z.ZodExactOptional<z.ZodUnion<readonly [z.ZodInt, z.ZodString]>> = z
  .union([z.int().positive(), z.string()])
  .exactOptional()
  .describe(
    'label columns: a Mulan XML file, a text file of names, or for CSV the number of the last columns',
  )
  .meta({ placeholder: 'file' })

/** Where a page with plots goes. */
export const reportOption: z.ZodExactOptional<z.ZodString> = z
  .string()
  .exactOptional()
  .describe('write a self-contained HTML page with plots')
  .meta({ placeholder: 'file.html' })

/** The model that a command uses. */
export const modelFileOption: z.ZodString = z
  .string()
  .describe('the trained model')
  .meta({ placeholder: 'file.safetensors' })

/**
 * Which examples are held out in training.
 *
 * @param placeholder - what stands for the value in help
 * @param place - where they are, if they are no share of the training examples
 */
export function devOption(
  placeholder: string,
  place: string,
): z.ZodExactOptional<z.ZodUnion<readonly [z.ZodNumber, z.ZodString]>> {
  return z
    .union([z.number().gt(0).lt(1), z.string()])
    .exactOptional()
    .describe(`held-out examples: a share of the training examples, or ${place}`)
    .meta({ placeholder })
}

/** Pictures that a model sees. */
export const imagesOption: z.ZodString = z
  .string()
  .describe('folder of images: PNG')
  .meta({ placeholder: 'folder' })

/** What of the pictures is the object. */
export const masksOption: z.ZodString = z
  .string()
  .describe('folder of their masks: PNG of two values, of the same name or number')
  .meta({ placeholder: 'folder' })
