import { createHash } from 'node:crypto'
import { checkColumns, type MultilabelDataset } from '@deepstruct/datasets'
import {
  loadMultilabel,
  type LoadMultilabelOptions,
  loadNamedSet,
  type NamedSet,
  namedSets,
  readBytes,
} from '@deepstruct/datasets/node'
import type { ProgressReporter } from '../../output/progress.ts'

/** Where data come from. */
export interface DataSource {
  /** A file, or the name of a published set. */
  readonly data: string
  /** Which columns are labels: an XML file, a text file, or the number of the last columns. */
  readonly labels?: string | number | undefined
  /** A folder with published sets. */
  readonly dataDir?: string | undefined
  /** Which split of a published set. */
  readonly part: 'train' | 'test'
  /** The columns of the training data, or of the model. */
  readonly columns?: LoadMultilabelOptions['columns']
}

/** The published sets by name. */
const published: ReadonlyMap<string, NamedSet> = new Map(Object.entries(namedSets))

/** Their names. */
export const publishedNames: readonly string[] = [...published.keys()]

/**
 * Loads examples from a file, or a published set by its name.
 *
 * @throws {@link @deepstruct/tensor!DataError} with file and line
 */
export async function loadData(
  source: DataSource,
  progress: ProgressReporter,
): Promise<MultilabelDataset> {
  const { data, labels, dataDir, part, columns } = source
  const set = published.get(data)
  if (set === undefined)
    return loadMultilabel({
      data,
      ...(labels === undefined ? {} : { labels }),
      ...(columns === undefined ? {} : { columns }),
    })
  const sets = await loadNamedSet(set, {
    ...(dataDir === undefined ? {} : { dataDir }),
    onProgress: ({ file, received, total }) => progress.amount(`download ${file}`, received, total),
  })
  progress.end()
  if (columns !== undefined) checkColumns(sets[part], columns, { file: data })
  return sets[part]
}

/** The sha256 of the training examples as they stand in the file, unpacked. */
export async function digestOf({ data }: DataSource): Promise<string> {
  const set = published.get(data)
  const sum =
    set === undefined
      ? createHash('sha256')
          .update(await readBytes(data))
          .digest('hex')
      : set.train.sha256
  return `sha256:${sum}`
}
