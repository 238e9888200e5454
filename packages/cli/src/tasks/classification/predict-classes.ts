import { z } from 'zod'
import type { Io } from '../../io.ts'
import type { Values } from '../../options/read-options.ts'
import { answerInput } from '../multilabel/predict-lines.ts'
import { jsonNumber, type Predicted } from '../multilabel/write-example.ts'
import type { ClassificationModel } from './classification-problem.ts'

const schema = z.object({
  batchSize: z
    .int()
    .positive()
    .default(256)
    .describe('lines predicted at once; 1 answers each line as it comes'),
})

/** How lines are answered. */
export const classificationPredictOptions: z.ZodObject = schema

/** Predicts JSON lines `{"id"?, "x": …}` from stdin to lines `{"id", "class", "scores"}` on stdout; scores are rounded to 6 decimals. */
export function predictClasses(
  model: ClassificationModel,
  options: Values,
  io: Io,
): Promise<number> {
  const { batchSize } = schema.parse(options)
  const names = model.problem.labelNames
  const write = ({ id, scores }: Predicted): string => {
    let best = 0
    for (let k = 1; k < names.length; k++)
      if ((scores[k] as number) > (scores[best] as number)) best = k
    const all = names.map(
      (name, k) =>
        `${JSON.stringify(name)}:${jsonNumber(Math.round((scores[k] as number) * 1e6) / 1e6)}`,
    )
    return `{"id":${JSON.stringify(id)},"class":${JSON.stringify(names[best])},"scores":{${all.join(',')}}}\n`
  }
  return answerInput(model, { write, batchSize, quiet: options['quiet'] === true }, io)
}
