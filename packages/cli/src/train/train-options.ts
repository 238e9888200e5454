import type { Family, JsonObject } from '@deepstruct/training'
import { z } from 'zod'
import { shared } from '../commands/shared-options.ts'
import { publishedNames } from '../model/model-data.ts'
import { readOptions } from '../options/read-options.ts'

/** The options of `train` beside those of the family. */
export const trainOptions = z.strictObject({
  model: z.string().describe('the model family').meta({ placeholder: 'name' }),
  out: z.string().describe('the model file to write').meta({ placeholder: 'file.safetensors' }),
  train: z
    .string()
    .exactOptional()
    .describe('training examples: ARFF, svmlight, CSV or JSON lines, also .gz')
    .meta({ placeholder: 'file' }),
  labels: shared.labels,
  data: z
    .string()
    .exactOptional()
    .describe(`a published set instead of --train: ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'name' }),
  dataDir: shared.dataDir,
  dev: z
    .union([z.number().gt(0).lt(1), z.string()])
    .default(0.1)
    .describe('held-out examples: a share of the training examples, or a file')
    .meta({ placeholder: 'share|file' }),
  standardize: z
    .boolean()
    .default(true)
    .describe('standardize inputs by the statistics of the training examples'),
  epochs: z.int().positive().exactOptional().describe('number of epochs of each phase'),
  batchSize: z.int().positive().default(32).describe('examples of a batch'),
  seed: z.int().default(0).describe('of everything random'),
  initFrom: z
    .string()
    .exactOptional()
    .describe('start from the parameters of this model')
    .meta({ placeholder: 'file.safetensors' }),
  resume: z.boolean().default(false).describe('go on with the interrupted run in <out>.checkpoint'),
  metricsFile: z
    .string()
    .exactOptional()
    .describe('log of one JSON object for each epoch')
    .meta({ placeholder: 'file.jsonl' }),
  report: shared.report,
  engine: shared.engine,
  json: shared.json,
  quiet: shared.quiet,
})

/** All options of `train` for a family. */
export function trainOptionsOf(family: Family): z.ZodObject {
  return z.strictObject({ ...trainOptions.shape, ...family.settings.shape })
}

/** The options of `train`, checked. */
export type TrainOptions = z.output<typeof trainOptions>

/**
 * The options of the command and the settings of the family apart.
 *
 * @throws {@link UsageError} when the family refuses its settings
 */
export function splitOptions(
  family: Family,
  parsed: Readonly<Record<string, unknown>>,
): { readonly options: TrainOptions; readonly settings: JsonObject } {
  const isSetting = ([key]: readonly [string, unknown]): boolean => key in family.settings.shape
  const entries = Object.entries(parsed)
  const settings = Object.fromEntries(entries.filter(isSetting))
  return {
    // Once more by the family's whole schema, which may relate its settings to each other.
    settings: readOptions(family.settings, settings) as JsonObject,
    options: Object.fromEntries(entries.filter((entry) => !isSetting(entry))) as TrainOptions,
  }
}
