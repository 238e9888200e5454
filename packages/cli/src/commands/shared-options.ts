import { z } from 'zod'
import { engineNames } from '../engines.ts'

/** Options that several commands share. */
export const shared = {
  engine: z.enum(engineNames).default('wasm').describe('what computes'),
  json: z.boolean().default(false).describe('print one JSON object as the last line'),
  quiet: z.boolean().default(false).describe('no progress on stderr'),
  dataDir: z
    .string()
    .exactOptional()
    .describe('folder of the published sets; else $DEEPSTRUCT_DATA, else they are downloaded')
    .meta({ placeholder: 'folder' }),
  labels: z
    .union([z.int().positive(), z.string()])
    .exactOptional()
    .describe(
      'label columns: a Mulan XML file, a text file of names, or for CSV the number of the last columns',
    )
    .meta({ placeholder: 'file' }),
  report: z
    .string()
    .exactOptional()
    .describe('write a self-contained HTML page with plots')
    .meta({ placeholder: 'file.html' }),
} satisfies z.ZodRawShape

/** The model that a command uses. */
export const modelFile: z.ZodString = z
  .string()
  .describe('the trained model')
  .meta({ placeholder: 'file.safetensors' })
