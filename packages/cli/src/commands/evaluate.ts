import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { openModel } from '../model/open-model.ts'
import { scoreModel } from '../model/score-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import {
  engineOptions,
  jsonOption,
  modelFileOption,
  quietOption,
  reportOption,
} from '../options/shared-options.ts'
import { readTaskOptions } from '../options/task-options.ts'
import { progressReporter } from '../output/progress.ts'
import { reportTable } from '../output/report-table.ts'
import { writeAll } from '../output/write-all.ts'
import { tasks } from '../tasks/tasks.ts'
import { requireWritable } from '../train/file-places.ts'
import type { CommandContext, CommandDefinition } from './command.ts'

const schema = z.looseObject({
  modelFile: modelFileOption,
  batchSize: z
    .int()
    .positive()
    .exactOptional()
    .describe('examples predicted at once (default: as suits the task)'),
  report: reportOption,
  ...engineOptions,
  json: jsonOption,
  quiet: quietOption,
})

/** Measures a model on examples with their truth. */
export const evaluate: CommandDefinition = {
  name: 'evaluate',
  description: 'measure a model on examples whose labels, masks or tags are known',
  options: schema,
  taskOptions: 'evaluate',
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  // What other options there are depends on the task of the model.
  const model = await openModel(readOptions(schema, values, config).modelFile, families)
  const { family, problem, threshold } = model
  const task = tasks[family.task]
  const options = readTaskOptions('evaluate', task, schema, values, config)
  await requireWritable({ '--report': options.report })
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const data = await task.loadTest(options, problem, progress)
  await startEngine(options)
  const predicted = await scoreModel(model, data, options.batchSize ?? task.batchSize)
  const report = task.measure(predicted, threshold, data)
  if (options.report !== undefined) {
    // Plots take a while to load.
    const { writeEvaluationReport } = await import('../report/evaluation-report.ts')
    await writeEvaluationReport(options.report, { model, predicted, data })
  }
  await writeAll(
    io.stdout,
    options.json
      ? `${JSON.stringify({ family: family.name, ...report.facts })}\n`
      : reportTable(family.name, report),
  )
  return 0
}
