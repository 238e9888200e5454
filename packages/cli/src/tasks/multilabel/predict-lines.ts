import { dispose, put } from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'
import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Values } from '../../options/read-options.ts'
import { writeAll } from '../../output/write-all.ts'
import { lineBatches } from '../../predict/line-batches.ts'
import { answerLines } from './answer-lines.ts'
import type { LabelModel, MultilabelModel } from './multilabel-problem.ts'
import { exampleWriter, type Predicted } from './write-example.ts'

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
export function predictLines(model: MultilabelModel, options: Values, io: Io): Promise<number> {
  const { scores, batchSize } = schema.parse(options)
  const write = exampleWriter(model.problem.labelNames, model.threshold, scores)
  return answerInput(model, { write, batchSize, quiet: options['quiet'] === true }, io)
}

/** How {@link answerInput} answers. */
interface AnswerOptions {
  /** The line of a predicted example. */
  readonly write: (predicted: Predicted) => string
  /** Lines predicted at once. */
  readonly batchSize: number
  /** Whether it is not told that lines come from a terminal. */
  readonly quiet: boolean
}

/** Answers each line of stdin by one of stdout; resolves to the exit code. */
export async function answerInput(
  model: LabelModel,
  { write, batchSize, quiet }: AnswerOptions,
  io: Io,
): Promise<number> {
  if (io.stdin.isTTY === true && !quiet)
    io.stderr.write('reading JSON lines from the terminal; Ctrl-D ends them\n')
  const params = await put<Parameters>(model.parameters)
  let good = true
  try {
    const batches = lineBatches(io.stdin, batchSize)
    for await (const answers of answerLines(batches, model, params, write)) {
      good &&= answers.good
      await writeAll(io.stdout, answers.text)
    }
  } finally {
    dispose(params)
  }
  return good ? 0 : 1
}
