import { DataError } from '@deepstruct/tensor'
import { checkColumns, type Columns } from '../columns.ts'
import { parseCsv } from '../csv.ts'
import { parseJsonl } from '../jsonl.ts'
import { parseMulan } from '../mulan.ts'
import { parseMulanLabels } from '../mulan-labels.ts'
import type { MultilabelDataset } from '../multilabel.ts'
import { parseSvmlight } from '../svmlight.ts'
import { readText } from './files.ts'

/** The forms of multi-label files. */
export type MultilabelFormat = 'arff' | 'svmlight' | 'csv' | 'jsonl'

/** What {@link loadMultilabel} reads. */
export interface LoadMultilabelOptions {
  /** The file of the examples; it may be gzip-compressed. */
  readonly data: string
  /**
   * Which columns are labels. A list of names; or the path of a Mulan XML file or of a text file with one name a line; or, for
   * CSV, how many of the last columns. ARFF and CSV need it; svmlight and JSON lines carry their labels in each line.
   */
  readonly labels?: string | number | readonly string[]
  /** The form of the file; default by its ending: `arff`, `svm`, `svmlight`, `libsvm`, `csv`, `jsonl`, each also with `.gz`. */
  readonly format?: MultilabelFormat
  /** The columns of the model or the training data that the file must fit. */
  readonly columns?: Columns
}

/**
 * Loads a multi-label data set from a file.
 *
 * @throws `DataError` with file and line, when the file is malformed, of an unknown form, does not fit the columns, or needs `labels`
 */
export async function loadMultilabel(options: LoadMultilabelOptions): Promise<MultilabelDataset> {
  const format = options.format ?? formatOf(options.data)
  const dataset = await readers[format](options)
  if (options.columns !== undefined) checkColumns(dataset, options.columns, { file: options.data })
  return dataset
}

const endings: Readonly<Partial<Record<string, MultilabelFormat>>> = {
  arff: 'arff',
  svm: 'svmlight',
  svmlight: 'svmlight',
  libsvm: 'svmlight',
  csv: 'csv',
  jsonl: 'jsonl',
}

const readers: Readonly<
  Record<MultilabelFormat, (options: LoadMultilabelOptions) => Promise<MultilabelDataset>>
> = {
  arff: async ({ data, labels, columns }) => {
    const names = (await labelNames(labels)) ?? columns?.labels
    if (names === undefined)
      throw lacking(data, 'labels', 'the Mulan XML file that names the labels')
    return parseMulan(await readText(data), names, { file: data })
  },
  csv: async ({ data, labels, columns }) => {
    const which =
      typeof labels === 'number' ? labels : ((await labelNames(labels)) ?? columns?.labels)
    if (which === undefined)
      throw lacking(
        data,
        'labels',
        'the names of the label columns, or how many of the last they are',
      )
    return parseCsv(await readText(data), { file: data, labels: which })
  },
  svmlight: async ({ data, columns }) =>
    parseSvmlight(await readText(data), {
      file: data,
      ...(columns === undefined ? {} : { columns }),
    }),
  jsonl: async ({ data, columns }) =>
    parseJsonl(await readText(data), { file: data, ...(columns === undefined ? {} : { columns }) }),
}

function formatOf(file: string): MultilabelFormat {
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase() ?? ''
  const format = endings[ending]
  if (format === undefined)
    throw new DataError({
      function: 'loadMultilabel',
      argument: 'the file ending',
      got: ending === '' ? 'missing' : `.${ending}`,
      expected: `one of ${Object.keys(endings)
        .map((known) => `.${known}`)
        .join(', ')} (also with .gz), or the option format`,
      file,
    })
  return format
}

/** The names of labels from a list, an XML file or a text file. */
async function labelNames(
  labels: string | number | readonly string[] | undefined,
): Promise<readonly string[] | undefined> {
  if (typeof labels === 'number')
    throw lacking(String(labels), 'labels', 'names: a number of columns is for CSV only')
  if (typeof labels !== 'string') return labels
  const text = await readText(labels)
  if (text.trimStart().startsWith('<')) return parseMulanLabels(text, { file: labels })
  const names = text.split(/\r?\n/).filter((name) => name !== '')
  if (names.length === 0)
    throw lacking(labels, 'file', 'one label name a line, or a Mulan XML file')
  return names
}

function lacking(file: string, argument: string, expected: string): DataError {
  return new DataError({ function: 'loadMultilabel', argument, got: 'missing', expected, file })
}
