import { dispose, put } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Values } from '../../options/read-options.ts'
import { writeAll } from '../../output/write-all.ts'
import { lineBatches } from '../../predict/line-batches.ts'
import { answerLines } from './answer-lines.ts'
import type { MultilabelModel } from './multilabel-problem.ts'

const schema = z.object({
  scores: z
    .enum(['all', 'labels', 'none'])
    .default('labels')
    .describe('which scores are listed: of all labels, of the predicted ones, none'),
  batchSize: z
    .int()
    .positive()
    .default(256)
    .describe('lines predicted at once; 1 answers each line as it comes'),
})

/** How lines are answered. */
export const multilabelPredictOptions: z.ZodObject = schema

/** Predicts JSON lines from stdin to stdout, in order and with bounded memory. */
export async function predictLines(
  model: MultilabelModel,
  options: Values,
  io: Io,
): Promise<number> {
  const { scores, batchSize } = schema.parse(options)
  if (io.stdin.isTTY === true && options['quiet'] !== true)
    io.stderr.write('reading JSON lines from the terminal; Ctrl-D ends them\n')
  const params = await put<Parameters>(model.parameters)
  let good = true
  try {
    const batches = lineBatches(io.stdin, batchSize)
    for await (const answers of answerLines(batches, model, params, scores)) {
      good &&= answers.good
      await writeAll(io.stdout, answers.text)
    }
  } finally {
    dispose(params)
  }
  return good ? 0 : 1
}
