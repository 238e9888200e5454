import { checkColumns, columnsOf, type MultilabelDataset, split } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import { UsageError } from '../errors.ts'
import { type DataSource, digestOf, loadData, publishedNames } from '../model/model-data.ts'
import type { UsableModel } from '../model/usable-model.ts'
import type { ProgressReporter } from '../output/progress.ts'

/** Where training examples come from. */
export interface TrainingSource {
  /** A file. */
  readonly train?: string
  /** A published set. */
  readonly data?: string
  /** Which columns are labels. */
  readonly labels?: string | number
  /** A folder with published sets. */
  readonly dataDir?: string
  /** The share that is held out, or a file of held-out examples. */
  readonly dev: number | string
  /** Decides which examples are held out. */
  readonly seed: number
}

/** Training examples with the held-out ones apart. */
export interface TrainingData {
  /** To train on. */
  readonly train: MultilabelDataset
  /** To measure on. */
  readonly dev: MultilabelDataset
  /** Of the file of the training examples. */
  readonly digest: string
  /** Of the file of the dev examples, when they have one of their own. */
  readonly devDigest: string | undefined
}

/** Loads what the options name, and holds the dev examples out. */
export async function loadTraining(
  options: TrainingSource,
  progress: ProgressReporter,
): Promise<TrainingData> {
  const { labels, dataDir, dev, seed } = options
  const source: DataSource = { data: trainingSource(options), labels, dataDir, part: 'train' }
  const all = await loadData(source, progress)
  const digest = await digestOf(source)
  if (typeof dev === 'string') {
    const held: DataSource = { data: dev, labels, dataDir, part: 'train', columns: columnsOf(all) }
    return {
      train: all,
      dev: await loadData(held, progress),
      digest,
      devDigest: await digestOf(held),
    }
  }
  const [rest, part] = split(all, dev, random(seed))
  return { train: rest, dev: part, digest, devDigest: undefined }
}

function trainingSource({ train: file, data }: TrainingSource): string {
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
export function requireColumns(data: MultilabelDataset, { sizes, labelNames }: UsableModel): void {
  checkColumns(data, { features: sizes.inputs, labels: labelNames }, { file: 'the training data' })
}
