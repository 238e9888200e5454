import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Family, JsonObject } from '@deepstruct/training'
import { fileCheckpoint } from '@deepstruct/training/node'
import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { UsageError } from '../errors.ts'
import { publishedNames } from '../model/model-data.ts'
import { openModel, type UsableModel } from '../model/usable-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { progressReporter } from '../output/progress.ts'
import { requireWritable } from '../train/file-places.ts'
import { finish } from '../train/finish.ts'
import { initializedFrom } from '../train/initial-parameters.ts'
import { metricsLog } from '../train/metrics-log.ts'
import { resumedRun, type RunSettings } from '../train/resumed-run.ts'
import { trainModel, type TrainedModel } from '../train/train-model.ts'
import { loadTraining, requireColumns } from '../train/training-data.ts'
import type { CommandContext, CommandDefinition } from './command.ts'
import {
  dataDirOption,
  engineOptions,
  jsonOption,
  labelsOption,
  quietOption,
  reportOption,
} from './shared-options.ts'

const schema = z.strictObject({
  model: z.string().describe('the model family').meta({ placeholder: 'name' }),
  out: z.string().describe('the model file to write').meta({ placeholder: 'file.safetensors' }),
  train: z
    .string()
    .exactOptional()
    .describe('training examples: ARFF, svmlight, CSV or JSON lines, also .gz')
    .meta({ placeholder: 'file' }),
  labels: labelsOption,
  data: z
    .string()
    .exactOptional()
    .describe(`a published set instead of --train: ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'name' }),
  dataDir: dataDirOption,
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
  report: reportOption,
  ...engineOptions,
  json: jsonOption,
  quiet: quietOption,
})

type Options = z.output<typeof schema>

/** Trains a model and writes it. The settings of its family are options too. */
export const train: CommandDefinition = {
  name: 'train',
  description: 'train a model',
  options: schema,
  run,
}

async function run(values: Values, config: Values, context: CommandContext): Promise<number> {
  const { io, families, family } = context
  if (family === undefined) throw new UsageError('the option --model is missing')
  const all = z.strictObject({ ...schema.shape, ...family.settings.shape })
  const { options, settings } = splitOptions(family, readOptions(all, values, config))
  const { out, metricsFile, batchSize, seed, epochs } = options
  const checkpointFile = `${out}.checkpoint`
  await requireWritable({ '--out': out, '--metrics-file': metricsFile, '--report': options.report })
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const data = await loadTraining(options, progress)
  const initial =
    options.initFrom === undefined ? undefined : await openModel(options.initFrom, families)
  if (initial !== undefined) requireColumns(data.train, initial)
  const engine = await startEngine(options)
  const course: RunSettings = {
    model: family.name,
    ...settings,
    dataDigest: data.digest,
    labelNames: data.train.labelNames,
    dev: typeof options.dev === 'number' ? options.dev : undefined,
    devDigest: data.devDigest,
    standardize: options.standardize,
    epochs,
    batchSize,
    seed,
    initDigest: options.initFrom === undefined ? undefined : await fileDigest(options.initFrom),
    ...engine,
  }
  const resume = options.resume ? await resumedRun(checkpointFile, course) : undefined
  if (!options.resume && existsSync(checkpointFile))
    progress.line(
      `${checkpointFile}: an interrupted run is replaced (--resume would go on with it)`,
    )
  const log = metricsFile === undefined ? undefined : await metricsLog(metricsFile, resume?.history)

  progress.line(
    `${family.name}: ${data.train.size} training and ${data.dev.size} dev examples, ${data.train.featureNames.length} features, ${data.train.labelNames.length} labels`,
  )
  const stop = new AbortController()
  const release = io.onInterrupt(() => {
    progress.line('stopping after this batch; Ctrl-C again ends at once')
    stop.abort()
  })
  let trained: TrainedModel
  try {
    trained = await trainModel({
      family,
      settings,
      train: data.train,
      dev: data.dev,
      ...standardizerFor(options, initial),
      epochs,
      batchSize,
      seed,
      ...(initial === undefined
        ? {}
        : {
            prepare: (learner) =>
              initializedFrom(learner, initial, (parts) =>
                progress.line(`${options.initFrom}: taken ${parts.join(', ')}`),
              ),
          }),
      signal: stop.signal,
      resume,
      checkpoint: fileCheckpoint(checkpointFile, { settings: JSON.stringify(course) }),
      onProgress(event) {
        progress.training(event)
        log?.(event)
      },
    })
  } finally {
    progress.end()
    release()
  }
  return finish({ trained, digest: data.digest, options, checkpointFile }, progress, context)
}

/** The options of the command and the settings of the family apart. */
function splitOptions(
  family: Family<'multilabel'>,
  parsed: Readonly<Record<string, unknown>>,
): { readonly options: Options; readonly settings: JsonObject } {
  const isSetting = ([key]: readonly [string, unknown]): boolean => key in family.settings.shape
  const entries = Object.entries(parsed)
  const settings = Object.fromEntries(entries.filter(isSetting))
  return {
    // Once more by the family's whole schema, which may relate its settings to each other.
    settings: readOptions(family.settings, settings) as JsonObject,
    options: Object.fromEntries(entries.filter((entry) => !isSetting(entry))) as Options,
  }
}

function standardizerFor(
  options: Options,
  initial: UsableModel | undefined,
): Pick<UsableModel, 'standardizer'> | undefined {
  if (!options.standardize) return { standardizer: { kind: 'identity' } }
  return initial === undefined ? undefined : { standardizer: initial.standardizer }
}

async function fileDigest(path: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`
}
