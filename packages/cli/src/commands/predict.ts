import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { openModel } from '../model/open-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { engineOptions, modelFileOption, quietOption } from '../options/shared-options.ts'
import { readTaskOptions } from '../options/task-options.ts'
import { tasks } from '../tasks/tasks.ts'
import type { CommandContext, CommandDefinition } from './command.ts'

const schema = z.looseObject({
  modelFile: modelFileOption,
  ...engineOptions,
  quiet: quietOption,
})

/** Predicts outputs of examples without any. */
export const predict: CommandDefinition = {
  name: 'predict',
  description:
    'predict labels, JSON lines {"id"?, "x": [..] | {"index": value}} from stdin to stdout; or masks, from a folder of images to another one',
  options: schema,
  taskOptions: 'predict',
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  // What other options there are depends on the task of the model.
  const model = await openModel(readOptions(schema, values, config).modelFile, families)
  const task = tasks[model.family.task]
  const options = readTaskOptions('predict', task, schema, values, config)
  await startEngine(options)
  return task.predict(model, options, io)
}
