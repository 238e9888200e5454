import { type MultilabelDataset, standardize } from '@deepstruct/datasets'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import { dataDirOption, labelsOption } from '../../options/shared-options.ts'
import type { Values } from '../../options/read-options.ts'
import type { ProgressReporter } from '../../output/progress.ts'
import { loadData, publishedNames } from './multilabel-data.ts'
import type { MultilabelProblem } from './multilabel-problem.ts'

const schema = z.object({
  data: z
    .string()
    .describe(`examples with labels: a file, or the test part of ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'file|name' }),
  labels: labelsOption,
  dataDir: dataDirOption,
})

/** Where label sets to measure on come from. */
export const multilabelEvaluateOptions: z.ZodObject = schema

/** Where the test label sets of a comparison are: its `--test`, else the test part of a published set. */
export function testSource(test: string | undefined, { data, labels, dataDir }: Values): Values {
  if (test === undefined && data === undefined)
    throw new UsageError('the option --test is missing: a file of test examples, as for --train')
  return {
    data: test ?? data,
    ...(labels === undefined ? {} : { labels }),
    ...(dataDir === undefined ? {} : { dataDir }),
  }
}

/** Loads label sets with inputs as a model takes them. */
export async function loadTest(
  options: Values,
  { sizes, labelNames, standardizer }: MultilabelProblem,
  progress: ProgressReporter,
): Promise<MultilabelDataset> {
  const source = schema.parse(options)
  const columns = { features: sizes.inputs, labels: labelNames }
  return standardize(await loadData({ ...source, part: 'test', columns }, progress), standardizer)
}
