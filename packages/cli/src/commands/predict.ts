import { dispose, put } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { openModel } from '../model/usable-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { writeAll } from '../output/write-all.ts'
import { answerLines } from '../predict/answer-lines.ts'
import { lineBatches } from '../predict/line-batches.ts'
import type { CommandContext, CommandDefinition } from './command.ts'
import { engineOptions, modelFileOption, quietOption } from './shared-options.ts'

const schema = z.strictObject({
  modelFile: modelFileOption,
  scores: z
    .enum(['all', 'labels', 'none'])
    .default('labels')
    .describe('which scores are listed: of all labels, of the predicted ones, none'),
  batchSize: z
    .int()
    .positive()
    .default(256)
    .describe('lines predicted at once; 1 answers each line as it comes'),
  ...engineOptions,
  quiet: quietOption,
})

/** Predicts JSON lines from stdin to stdout, in order and with bounded memory. */
export const predict: CommandDefinition = {
  name: 'predict',
  description:
    'predict labels: JSON lines {"id"?, "x": [..] | {"index": value}} from stdin to stdout',
  options: schema,
  run,
}

async function run(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  const options = readOptions(schema, values, config)
  const model = await openModel(options.modelFile, families)
  await startEngine(options)
  if (io.stdin.isTTY === true && !options.quiet)
    io.stderr.write('reading JSON lines from the terminal; Ctrl-D ends them\n')
  const params = await put<Parameters>(model.parameters)
  let good = true
  try {
    const batches = lineBatches(io.stdin, options.batchSize)
    for await (const answers of answerLines(batches, model, params, options.scores)) {
      good &&= answers.good
      await writeAll(io.stdout, answers.text)
    }
  } finally {
    dispose(params)
  }
  return good ? 0 : 1
}
