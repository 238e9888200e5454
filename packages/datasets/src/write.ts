import { arffName } from './arff-tokens.ts'
import type { MultilabelDataset } from './multilabel.ts'
import { extentOf, type Features, isSparse } from './sparse.ts'

/** The two texts of a data set of the Mulan form. */
export interface MulanTexts {
  /** The ARFF file: the labels are the last attributes. */
  readonly arff: string
  /** The XML file that names the labels. */
  readonly xml: string
}

/** Writes a data set as ARFF and Mulan XML; sparse inputs give sparse rows. `parseMulan` reads it back. */
export function writeMulan(dataset: MultilabelDataset, relation = 'deepstruct'): MulanTexts {
  const { features, labels, featureNames, labelNames } = dataset
  const [, width] = extentOf(features)
  const header = [
    `@relation ${arffName(relation)}`,
    ...featureNames.map((name) => `@attribute ${arffName(name)} numeric`),
    ...labelNames.map((name) => `@attribute ${arffName(name)} {0,1}`),
    '@data',
  ]
  const rows = rowsOf(dataset, (row) => {
    const entries = [
      ...entriesOf(features, row),
      ...entriesOf(labels, row).map(([label, value]) => [width + label, value] as const),
    ]
    if (isSparse(features))
      return `{${entries.map(([column, value]) => `${column} ${value}`).join(',')}}`
    return spread(entries, width + labelNames.length).join(',')
  })
  const names = labelNames.map((name) => `<label name="${escaped(name)}"></label>`)
  return {
    arff: lines([...header, ...rows]),
    xml: lines([
      '<?xml version="1.0" encoding="utf-8"?>',
      '<labels xmlns="http://mulan.sourceforge.net/labels">',
      ...names,
      '</labels>',
    ]),
  }
}

/** Writes a data set as multi-label svmlight, with features from 1 and labels from 0; names are not kept. */
export function writeSvmlight(dataset: MultilabelDataset): string {
  return lines(
    rowsOf(dataset, (row) => {
      const labels = entriesOf(dataset.labels, row).map(([label]) => label)
      const features = entriesOf(dataset.features, row).map(
        ([feature, value]) => `${feature + 1}:${value}`,
      )
      // A blank line would not count as an example, so one without anything states a zero.
      const stated = features.length === 0 ? ['1:0'] : features
      return `${labels.join(',')} ${stated.join(' ')}`
    }),
  )
}

/** Writes a data set as comma-separated values with a header line; the labels are the last columns. */
export function writeCsv(dataset: MultilabelDataset): string {
  const { features, labels, featureNames, labelNames } = dataset
  const quotedName = (name: string): string =>
    /^[\w.-]+$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
  return lines([
    [...featureNames, ...labelNames].map(quotedName).join(','),
    ...rowsOf(dataset, (row) =>
      [
        ...spread(entriesOf(features, row), featureNames.length),
        ...spread(entriesOf(labels, row), labelNames.length),
      ].join(','),
    ),
  ])
}

/** Writes a data set as JSON lines with label names; sparse inputs give objects of the nonzero entries. */
export function writeJsonl(dataset: MultilabelDataset): string {
  const { features, labels, featureNames, labelNames } = dataset
  return lines(
    rowsOf(dataset, (row) => {
      const entries = entriesOf(features, row)
      return JSON.stringify({
        x: isSparse(features) ? Object.fromEntries(entries) : spread(entries, featureNames.length),
        labels: entriesOf(labels, row).map(([label]) => labelNames[label]),
      })
    }),
  )
}

type Entry = readonly [column: number, value: number]

function rowsOf(dataset: MultilabelDataset, write: (row: number) => string): string[] {
  return Array.from({ length: dataset.size }, (_, row) => write(row))
}

function entriesOf(features: Features, row: number): Entry[] {
  if (!isSparse(features)) {
    const [, columns] = extentOf(features)
    const cells = features.data.subarray(row * columns, (row + 1) * columns)
    return Array.from(cells, (value, column) => [column, value] as const).filter(
      ([, value]) => value !== 0,
    )
  }
  const { offsets, indices, values } = features
  const start = offsets[row] as number
  return Array.from(indices.subarray(start, offsets[row + 1]), (column, entry) => [
    column,
    values[start + entry] as number,
  ])
}

function spread(entries: readonly Entry[], length: number): number[] {
  const values = Array.from({ length }, () => 0)
  for (const [column, value] of entries) values[column] = value
  return values
}

function escaped(name: string): string {
  return name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

function lines(parts: readonly string[]): string {
  return `${parts.join('\n')}\n`
}
