import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { AnyFamily, JsonObject } from '@deepstruct/training'
import { fileCheckpoint } from '@deepstruct/training/node'
import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { UsageError } from '../errors.ts'
import { openModel } from '../model/open-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { engineOptions, jsonOption, quietOption, reportOption } from '../options/shared-options.ts'
import { readTaskOptions } from '../options/task-options.ts'
import { progressReporter } from '../output/progress.ts'
import type { UsableModel } from '../tasks/task.ts'
import { taskNames, tasks } from '../tasks/tasks.ts'
import { requireWritable } from '../train/file-places.ts'
import { finish } from '../train/finish.ts'
import { initializedFrom } from '../train/initial-parameters.ts'
import { metricsLog } from '../train/metrics-log.ts'
import { resumedRun, type RunSettings } from '../train/resumed-run.ts'
import { BATCH_SIZE, batchSizeOf, trainModel, type TrainedModel } from '../train/train-model.ts'
import type { CommandContext, CommandDefinition } from './command.ts'

const schema = z.strictObject({
  model: z.string().describe('the model family').meta({ placeholder: 'name' }),
  out: z.string().describe('the model file to write').meta({ placeholder: 'file.safetensors' }),
  task: z
    .enum(taskNames)
    .exactOptional()
    .describe('what is predicted (default: what the family or the data say)'),
  epochs: z.int().positive().exactOptional().describe('number of epochs of each phase'),
  batchSize: z
    .int()
    .positive()
    .exactOptional()
    .describe(`examples of a batch (default: what the family names, else ${BATCH_SIZE})`),
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
  taskOptions: 'train',
  run,
}

async function run(values: Values, config: Values, context: CommandContext): Promise<number> {
  const { io, families, family } = context
  if (family === undefined) throw new UsageError('the option --model is missing')
  const task = tasks[family.task]
  const { options, settings } = splitOptions(family, values, config)
  const { out, metricsFile, seed, epochs } = options
  const batchSize = options.batchSize ?? batchSizeOf(family)
  const checkpointFile = `${out}.checkpoint`
  await requireWritable({ '--out': out, '--metrics-file': metricsFile, '--report': options.report })
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const initial = await initialModel(options, family, families)
  const data = await task.loadTraining(options, { seed, initial, progress })
  const engine = await startEngine(options)
  const course: RunSettings = {
    model: family.name,
    task: family.task,
    ...settings,
    ...data.course,
    epochs,
    batchSize,
    seed,
    // After the options, since these decide what it is.
    'the digest of the training data': data.digest,
    'the digest of the model of --init-from':
      options.initFrom === undefined ? undefined : await fileDigest(options.initFrom),
    ...engine,
  }
  const resume = options.resume ? await resumedRun(checkpointFile, course) : undefined
  if (!options.resume && existsSync(checkpointFile))
    progress.line(
      `${checkpointFile}: an interrupted run is replaced (--resume would go on with it)`,
    )
  const log = metricsFile === undefined ? undefined : await metricsLog(metricsFile, resume?.history)

  progress.line(
    `${family.name}: ${data.train.size} training and ${data.dev.size} dev examples, ${task.describe(data.problem)}`,
  )
  const stop = new AbortController()
  const release = io.onInterrupt(() => {
    progress.line('stopping after this batch; Ctrl-C again ends at once')
    stop.abort()
  })
  let trained: TrainedModel
  try {
    trained = await trainModel({
      task,
      family,
      settings,
      data,
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
  family: AnyFamily,
  values: Values,
  config: Values,
): { readonly options: Options & Values; readonly settings: JsonObject } {
  const shared = z.strictObject({ ...schema.shape, ...family.settings.shape })
  const parsed: Values = readTaskOptions('train', tasks[family.task], shared, values, config)
  const isSetting = ([key]: readonly [string, unknown]): boolean => key in family.settings.shape
  const entries = Object.entries(parsed)
  return {
    // Once more by the family's whole schema, which may relate its settings to each other.
    settings: readOptions(
      family.settings,
      Object.fromEntries(entries.filter(isSetting)),
    ) as JsonObject,
    options: Object.fromEntries(entries.filter((entry) => !isSetting(entry))) as Options & Values,
  }
}

/** The model that training starts from, if there is one. */
async function initialModel(
  { initFrom }: Options,
  { task }: AnyFamily,
  families: readonly AnyFamily[],
): Promise<UsableModel | undefined> {
  if (initFrom === undefined) return undefined
  const model = await openModel(initFrom, families)
  if (model.family.task !== task)
    throw new UsageError(
      `the option --init-from is a model of the task ${model.family.task}, but the task is ${task}`,
    )
  return model
}

async function fileDigest(path: string): Promise<string> {
  return `sha256:${createHash('sha256')
    .update(await readFile(path))
    .digest('hex')}`
}
