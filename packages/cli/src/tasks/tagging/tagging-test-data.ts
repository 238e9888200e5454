import { type TaggedDataset, taggedDataset } from '@deepstruct/datasets'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { Values } from '../../options/read-options.ts'
import { dataDirOption } from '../../options/shared-options.ts'
import { loadPublished, loadSentences, publishedNames, tagsOption } from './tagging-data.ts'
import type { TaggingProblem } from './tagging-problem.ts'

const schema = z.object({
  data: z
    .string()
    .describe(`tagged sentences: a file, or the test part of ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'file|name' }),
  dataDir: dataDirOption,
  tags: tagsOption,
})

/** Where tagged sentences to measure on come from. */
export const taggingEvaluateOptions: z.ZodObject = schema

/** Where the test sentences of a comparison are: its `--test`, else the test part of a published set. */
export function testSource(test: string | undefined, { data, dataDir, tags }: Values): Values {
  if (test === undefined && data === undefined)
    throw new UsageError('the option --test is missing: a file of test sentences, as for --train')
  return {
    data: test ?? data,
    ...(dataDir === undefined ? {} : { dataDir }),
    ...(tags === undefined ? {} : { tags }),
  }
}

/** Loads tagged sentences as a model takes them. */
export async function loadTest(
  options: Values,
  { tagNames, vocabularies }: TaggingProblem,
): Promise<TaggedDataset> {
  const { data, dataDir, tags } = schema.parse(options)
  const set = await loadPublished(data, dataDir)
  const sentences = set?.test ?? (await loadSentences(data, tags))
  return taggedDataset({ sentences, tagNames, vocabularies })
}
