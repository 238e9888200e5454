import {
  fitVocabularies,
  type TaggedDataset,
  taggedDataset,
  type TaggedSentence,
  tagNamesOf,
} from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { Values } from '../../options/read-options.ts'
import { dataDirOption, devOption } from '../../options/shared-options.ts'
import type { LoadedTraining, LoadingContext, TrainingData } from '../task.ts'
import {
  digestOf,
  loadPublished,
  loadSentences,
  publishedNames,
  tagsOption,
} from './tagging-data.ts'
import { type TaggingModel, type TaggingProblem, taggingProblem } from './tagging-problem.ts'

/** The share that is held out, where nobody says. */
const DEV = 0.1

const schema = z.object({
  train: z
    .string()
    .exactOptional()
    .describe('tagged sentences: columns (CoNLL) or CoNLL-U (*.conllu), also .gz')
    .meta({ placeholder: 'file' }),
  data: z
    .string()
    .exactOptional()
    .describe(`a published set instead of --train: ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'name' }),
  dataDir: dataDirOption,
  dev: devOption('share|file', `a file (default: ${DEV}, or the dev part of a published set)`),
  tags: tagsOption,
  minCount: z
    .int()
    .positive()
    .default(2)
    .describe('how often a word, an ending or a shape must occur to be known'),
})

type Options = z.output<typeof schema>

/** Where tagged sentences to train on come from. */
export const taggingTrainOptions: z.ZodObject = schema

/** Sentences with the held-out ones apart. */
interface Parts {
  readonly train: readonly TaggedSentence[]
  readonly dev: readonly TaggedSentence[]
  /** What decides which ones are held out. */
  readonly course: Values
}

/** Loads what the options name, and holds the dev sentences out. */
export async function loadTraining(
  values: Values,
  { seed, initial }: LoadingContext<TaggingModel>,
): Promise<LoadedTraining<TaggingProblem, TaggedDataset>> {
  const options = schema.parse(values)
  const { train, dev, course } = await partsOf(options, seed)
  return {
    ...prepared(train, dev, initial?.problem ?? options),
    digest: digestOf(train),
    course: { ...course, tags: options.tags, minCount: options.minCount },
  }
}

async function partsOf(options: Options, seed: number): Promise<Parts> {
  const { train: file, data: name, dataDir, dev = DEV, tags } = options
  if (file !== undefined && name !== undefined)
    throw new UsageError('the options --train and --data exclude each other')
  if (name !== undefined) {
    if (options.dev !== undefined)
      throw new UsageError(
        `the options --data and --dev exclude each other: ${name} says that itself`,
      )
    const set = await loadPublished(name, dataDir)
    if (set === undefined)
      throw new UsageError(
        `the option --data is '${name}', expected one of ${publishedNames.join(', ')}; files go to --train`,
      )
    return { train: set.train, dev: set.dev, course: {} }
  }
  if (file === undefined)
    throw new UsageError(
      `the option --train is missing (or --data with a published set: ${publishedNames.join(', ')})`,
    )
  const all = await loadSentences(file, tags)
  if (typeof dev === 'string') {
    const held = await loadSentences(dev, tags)
    return { train: all, dev: held, course: { 'the digest of the dev data': digestOf(held) } }
  }
  return { ...heldOut(all, dev, seed), course: { dev } }
}

/** A share of sentences apart, by a random permutation. */
export function heldOut(
  sentences: readonly TaggedSentence[],
  share: number,
  seed: number,
): { readonly train: readonly TaggedSentence[]; readonly dev: readonly TaggedSentence[] } {
  if (sentences.length < 2)
    throw new UsageError('there is one sentence only, and none to hold out; --dev may name a file')
  const order = Array.from(
    random(seed).permutation(sentences.length),
    (row) => sentences[row] as TaggedSentence,
  )
  const count = Math.min(sentences.length - 1, Math.max(1, Math.round(share * sentences.length)))
  return { train: order.slice(count), dev: order.slice(0, count) }
}

/**
 * Sentences as models take them. Tags are those of all sentences, vocabularies those of the training sentences.
 *
 * @param known - how often what is known must occur; or the tags and vocabularies of a model that training starts from
 */
export function prepared(
  train: readonly TaggedSentence[],
  dev: readonly TaggedSentence[],
  known: TaggingProblem | { readonly minCount: number },
): TrainingData<TaggingProblem, TaggedDataset> {
  const problem =
    'tagNames' in known
      ? known
      : taggingProblem(fitVocabularies(train, known), tagNamesOf([...train, ...dev]))
  const { tagNames, vocabularies } = problem
  return {
    problem,
    train: taggedDataset({ sentences: train, tagNames, vocabularies }),
    dev: taggedDataset({ sentences: dev, tagNames, vocabularies }),
  }
}
