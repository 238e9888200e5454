import { dispose, put } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { z } from 'zod'
import { startEngine } from '../engines.ts'
import { openModel } from '../model/usable-model.ts'
import { readOptions, type Values } from '../options/read-options.ts'
import { writeAll } from '../output/write-all.ts'
import { lineAnswerer } from '../predict/answer-lines.ts'
import { lineBatches } from '../predict/line-batches.ts'
import type { CommandContext } from './command-context.ts'
import { modelFile, shared } from './shared-options.ts'

/** The options of `predict`. */
export const predictOptions = z.strictObject({
  modelFile,
  scores: z
    .enum(['all', 'labels', 'none'])
    .default('labels')
    .describe('which scores are listed: of all labels, of the predicted ones, none'),
  batchSize: z
    .int()
    .positive()
    .default(256)
    .describe('lines predicted at once; 1 answers each line as it comes'),
  engine: shared.engine,
  quiet: shared.quiet,
})

/** Predicts JSON lines from stdin to stdout, in order and with bounded memory; resolves to the exit code. */
export async function predict(
  values: Values,
  config: Values,
  { io, families }: CommandContext,
): Promise<number> {
  const options = readOptions(predictOptions, values, config)
  const model = await openModel(options.modelFile, families)
  await startEngine(options.engine)
  if (io.stdin.isTTY === true && !options.quiet)
    io.stderr.write('reading JSON lines from the terminal; Ctrl-D ends them\n')
  const params = await put<Parameters>(model.parameters)
  const answer = lineAnswerer(model, params, options.scores)
  let good = true
  try {
    for await (const lines of lineBatches(io.stdin, options.batchSize)) {
      const answers = await answer(lines)
      good &&= answers.good
      await writeAll(io.stdout, answers.text)
    }
  } finally {
    dispose(params)
  }
  return good ? 0 : 1
}
