import { standardize } from '@deepstruct/datasets'
import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { reportOf, scoreModel } from '../model/evaluate-model.ts'
import { loadData, publishedNames } from '../model/model-data.ts'
import { openModel } from '../model/usable-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { progressReporter } from '../output/progress.ts'
import { reportTable } from '../output/report-table.ts'
import { writeAll } from '../output/write-all.ts'
import { requireWritable } from '../train/file-places.ts'
import type { CommandContext, CommandDefinition } from './command.ts'
import {
  dataDirOption,
  engineOptions,
  jsonOption,
  labelsOption,
  modelFileOption,
  quietOption,
  reportOption,
} from './shared-options.ts'

const schema = z.strictObject({
  modelFile: modelFileOption,
  data: z
    .string()
    .describe(`examples with labels: a file, or the test part of ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'file|name' }),
  labels: labelsOption,
  dataDir: dataDirOption,
  batchSize: z.int().positive().default(256).describe('examples predicted at once'),
  report: reportOption,
  ...engineOptions,
  json: jsonOption,
  quiet: quietOption,
})

/** Measures a model on examples with labels. */
export const evaluate: CommandDefinition = {
  name: 'evaluate',
  description: 'measure a model on examples with labels',
  options: schema,
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  const options = readOptions(schema, values, config)
  await requireWritable({ '--report': options.report })
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const model = await openModel(options.modelFile, families)
  const { data, labels, dataDir } = options
  const examples = await loadData(
    {
      data,
      labels,
      dataDir,
      part: 'test',
      columns: { features: model.sizes.inputs, labels: model.labelNames },
    },
    progress,
  )
  await startEngine(options)
  const inputs = standardize(examples, model.standardizer)
  const scored = await scoreModel(model, inputs, options.batchSize)
  const report = reportOf(scored, model.threshold)
  if (options.report !== undefined) {
    // Plots take a while to load.
    const { writeEvaluationReport } = await import('../report/evaluation-report.ts')
    await writeEvaluationReport(options.report, { model, scored, report, data: inputs, name: data })
  }
  const evaluated = { family: model.family.name, ...report }
  await writeAll(
    io.stdout,
    options.json
      ? `${JSON.stringify(evaluated)}\n`
      : reportTable([{ name: model.family.name, report }]),
  )
  return 0
}
