import {
  checkColumns,
  columnsOf,
  fitStandardizer,
  type MultilabelDataset,
  split,
  standardize,
  type Standardizer,
} from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import { z } from 'zod'
import { dataDirOption, devOption, labelsOption } from '../../options/shared-options.ts'
import { UsageError } from '../../errors.ts'
import type { Values } from '../../options/read-options.ts'
import type { LoadedTraining, LoadingContext } from '../task.ts'
import { type DataSource, digestOf, loadData, publishedNames } from './multilabel-data.ts'
import type {
  MultilabelModel,
  MultilabelProblem,
  MultilabelTraining,
} from './multilabel-problem.ts'

/** The share that is held out, where nobody says. */
const DEV = 0.1

const schema = z.object({
  train: z
    .string()
    .exactOptional()
    .describe('training examples: ARFF, svmlight, CSV or JSON lines, also .gz')
    .meta({ placeholder: 'file' }),
  labels: labelsOption,
  data: z
    .string()
    .exactOptional()
    .describe(`a published set instead of --train: ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'name' }),
  dataDir: dataDirOption,
  dev: devOption('share|file', `a file (default: ${DEV})`),
  standardize: z
    .boolean()
    .default(true)
    .describe('standardize inputs by the statistics of the training examples'),
})

type Options = z.output<typeof schema>

/** Where label sets to train on come from. */
export const multilabelTrainOptions: z.ZodObject = schema

/** Loads what the options name, holds the dev examples out, and standardizes the inputs. */
export async function loadTraining(
  values: Values,
  { seed, initial, progress }: LoadingContext<MultilabelModel>,
): Promise<LoadedTraining<MultilabelProblem, MultilabelDataset>> {
  const options = schema.parse(values)
  const { labels, dataDir, dev = DEV } = options
  const source: DataSource = { data: trainingSource(options), labels, dataDir, part: 'train' }
  const all = await loadData(source, progress)
  if (initial !== undefined) requireColumns(all, initial.problem)
  const digest = await digestOf(source)
  const course = {
    'the list of label names': all.labelNames,
    standardize: options.standardize,
  }
  const standardizer = standardizerFor(options, initial)
  if (typeof dev === 'string') {
    const held: DataSource = { data: dev, labels, dataDir, part: 'train', columns: columnsOf(all) }
    return {
      ...prepared(all, await loadData(held, progress), standardizer),
      digest,
      course: { ...course, 'the digest of the dev data': await digestOf(held) },
    }
  }
  const [rest, part] = split(all, dev, random(seed))
  return { ...prepared(rest, part, standardizer), digest, course: { ...course, dev } }
}

/**
 * Loaded examples as models take them.
 *
 * @param standardizer - how inputs are standardized; default learned from the training examples
 */
export function prepared(
  train: MultilabelDataset,
  dev: MultilabelDataset,
  standardizer: Standardizer = fitStandardizer(train),
): MultilabelTraining {
  const { labelNames, featureNames } = train
  return {
    problem: {
      sizes: { inputs: featureNames.length, labels: labelNames.length },
      labelNames,
      standardizer,
    },
    train: standardize(train, standardizer),
    dev: standardize(dev, standardizer),
  }
}

function standardizerFor(
  options: Options,
  initial: MultilabelModel | undefined,
): Standardizer | undefined {
  return options.standardize ? initial?.problem.standardizer : { kind: 'identity' }
}

function trainingSource({ train: file, data }: Options): string {
  if (file !== undefined && data !== undefined)
    throw new UsageError('the options --train and --data exclude each other')
  if (file !== undefined) return file
  if (data === undefined)
    throw new UsageError(
      `the option --train is missing (or --data with a published set: ${publishedNames.join(', ')})`,
    )
  if (!publishedNames.includes(data))
    throw new UsageError(
      `the option --data is '${data}', expected one of ${publishedNames.join(', ')}; files go to --train`,
    )
  return data
}

/** Checks that data belong to a model that training starts from. */
function requireColumns(data: MultilabelDataset, { sizes, labelNames }: MultilabelProblem): void {
  checkColumns(data, { features: sizes.inputs, labels: labelNames }, { file: 'the training data' })
}
