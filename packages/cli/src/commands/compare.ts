import { z } from 'zod'
import { compareModels } from '../compare/compare-models.ts'
import { entriesOf, taskOf } from '../compare/contenders.ts'
import { keptRuns } from '../compare/kept-runs.ts'
import { comparisonTable, rowOf } from '../compare/rows.ts'
import { startEngine } from '../engines.ts'
import { readConfig } from '../options/read-config.ts'
import { camelCase, readOptions, type Values } from '../options/read-options.ts'
import { engineOptions, jsonOption, quietOption, reportOption } from '../options/shared-options.ts'
import { readTaskOptions } from '../options/task-options.ts'
import { progressReporter } from '../output/progress.ts'
import { writeAll } from '../output/write-all.ts'
import { taskNames, tasks } from '../tasks/tasks.ts'
import { requireWritable } from '../train/file-places.ts'
import { invocation } from '../train/invocation.ts'
import type { CommandContext, CommandDefinition } from './command.ts'

const schema = z.looseObject({
  models: z
    .array(z.string().min(1))
    .min(1)
    .describe('the model families, or names that --settings gives to a family with settings'),
  settings: z
    .string()
    .exactOptional()
    .describe(
      'what differs from the defaults: {"name": {"model"?: family, "setting": value}, …}; keys as in a configuration file',
    )
    .meta({ placeholder: 'file.json' }),
  task: z
    .enum(taskNames)
    .exactOptional()
    .describe('what is predicted (default: what the models or the data say)'),
  test: z
    .string()
    .exactOptional()
    .describe('test examples: a file as for --train, or folders IMAGES,MASKS (default: of --data)')
    .meta({ placeholder: 'file' }),
  seeds: z.int().positive().default(3).describe('runs of each model: the seeds from 0'),
  epochs: z.int().positive().exactOptional().describe('number of epochs of each phase'),
  batchSize: z
    .int()
    .positive()
    .exactOptional()
    .describe('examples of a batch (default: as suits each family)'),
  out: z
    .string()
    .exactOptional()
    .describe('keep the models here; the same command again trains only what is missing')
    .meta({ placeholder: 'folder' }),
  report: reportOption,
  ...engineOptions,
  json: jsonOption,
  quiet: quietOption,
})

/** Trains several families on one data set under one protocol, and compares them on test examples. */
export const compare: CommandDefinition = {
  name: 'compare',
  description: 'train several models under one protocol and compare them on test examples',
  options: schema,
  taskOptions: 'train',
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families, args }: CommandContext,
): Promise<number> {
  const { models, settings: file } = readOptions(schema, values, config)
  const settings = file === undefined ? {} : await readConfig(file)
  const given = {
    ...Object.fromEntries(Object.entries(config).map(([key, value]) => [camelCase(key), value])),
    ...values,
  }
  const task = tasks[taskOf(models, settings, given, families)]
  const entries = entriesOf(models, settings, task.name, families)
  const options = readTaskOptions('train', task, schema, values, config)
  const test = task.testSource(options.test, options)
  await requireWritable({ '--report': options.report })
  const kept = await keptRuns(options.out, families)
  const engine = await startEngine(options)
  const progress = (prefix = ''): ReturnType<typeof progressReporter> =>
    progressReporter(io.stderr, { quiet: options.quiet, prefix })
  const stop = new AbortController()
  const release = io.onInterrupt(() => {
    progress().line('stopping after this batch; Ctrl-C again ends at once')
    stop.abort()
  })
  const { seeds, epochs, batchSize } = options
  const all = await compareModels(
    {
      task,
      entries,
      seeds,
      source: { train: options, test },
      epochs,
      batchSize,
      engine: { ...engine },
      kept,
      signal: stop.signal,
      progress,
    },
    io,
  ).finally(release)
  if (options.report !== undefined) {
    // Plots take a while to load.
    const { writeComparedReport } = await import('../report/compared-report.ts')
    await writeComparedReport(options.report, all, { task, seeds })
  }
  await writeAll(
    io.stdout,
    options.json ? `${JSON.stringify({ rows: all.map(rowOf) })}\n` : comparisonTable(all),
  )
  if (stop.signal.aborted) {
    const again =
      options.out === undefined
        ? 'with --out FOLDER finished runs are kept'
        : `to go on: ${invocation(args, io.env)}`
    io.stderr.write(`interrupted: this is what was there; ${again}\n`)
    return 130
  }
  return all.some(({ runs }) => runs.length > 0) ? 0 : 1
}
