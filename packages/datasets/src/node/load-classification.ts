import { DataError } from '@deepstruct/tensor'
import type { MultilabelDataset } from '../multilabel.ts'
import { parseTargetArff, parseTargetCsv } from '../target.ts'
import { readText } from './files.ts'

/** What {@link loadClassification} reads. */
export interface LoadClassificationOptions {
  /** The file of the examples, CSV or ARFF; it may be gzip-compressed. */
  readonly data: string
  /** The name of the column that holds the class. */
  readonly target: string
  /** The classes and the number of features of the model or the training data that the file must fit. */
  readonly columns?: { readonly features: number; readonly classes: readonly string[] }
}

/**
 * Loads examples of one class each; the labels of the data set are the classes.
 *
 * @throws `DataError` with file and line, when the file is malformed, of an unknown form, or does not fit the columns
 */
export async function loadClassification(
  options: LoadClassificationOptions,
): Promise<MultilabelDataset> {
  const { data: file, target, columns } = options
  const refuse = (argument: string, got: string, expected: string): DataError =>
    new DataError({ function: 'loadClassification', argument, got, expected, file })
  const ending = /\.([a-z]+)(?:\.gz)?$/i.exec(file)?.[1]?.toLowerCase()
  const parse = { csv: parseTargetCsv, arff: parseTargetArff }[ending ?? '']
  if (parse === undefined)
    throw refuse(
      'the file ending',
      ending === undefined ? 'missing' : `.${ending}`,
      '.csv or .arff',
    )
  const dataset = parse(await readText(file), {
    file,
    target,
    ...(columns && { classes: columns.classes }),
  })
  const features = dataset.featureNames.length
  if (columns !== undefined && features !== columns.features)
    throw refuse('the number of features', String(features), String(columns.features))
  return dataset
}
