import { type MultilabelDataset, standardize } from '@deepstruct/datasets'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { Values } from '../../options/read-options.ts'
import { loadExamples, targetOption } from './classification-data.ts'
import type { ClassificationProblem } from './classification-problem.ts'
import { requireTarget } from './classification-training.ts'

const schema = z.object({
  data: z
    .string()
    .describe('examples with their classes: CSV with a header, or ARFF')
    .meta({ placeholder: 'file' }),
  target: targetOption,
})

/** Where examples to measure on come from. */
export const classificationEvaluateOptions: z.ZodObject = schema

/** Where the test examples of a comparison are: its `--test`, with the target of training. */
export function testSource(test: string | undefined, { target }: Values): Values {
  if (test === undefined)
    throw new UsageError('the option --test is missing: a file of test examples, as for --train')
  return { data: test, target }
}

/** Loads examples with inputs as a model takes them. */
export async function loadTest(
  options: Values,
  problem: ClassificationProblem,
): Promise<MultilabelDataset> {
  const { data, target } = schema.parse(options)
  return standardize(await loadExamples(data, requireTarget(target), problem), problem.standardizer)
}
