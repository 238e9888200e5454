import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { engineOptions, jsonOption, quietOption } from '../options/shared-options.ts'
import { taskNames, tasks } from '../tasks/tasks.ts'
import { requireWritable } from '../train/file-places.ts'
import type { CommandContext, CommandDefinition } from './command.ts'

const schema = z.strictObject({
  task: z.enum(taskNames).default('multilabel').describe('what is predicted'),
  report: z
    .string()
    .default('demo-report.html')
    .describe('the page to write')
    .meta({ placeholder: 'file.html' }),
  seed: z.int().default(0).describe('of the data and of training'),
  ...engineOptions,
  json: jsonOption,
  quiet: quietOption,
})

/** Trains models on synthetic data and compares them. */
export const demo: CommandDefinition = {
  name: 'demo',
  description: 'train and compare models on synthetic data, in under a minute',
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
  await startEngine(options)
  const served = families.filter(({ task }) => task === options.task)
  return tasks[options.task].demo(options, served, io)
}
