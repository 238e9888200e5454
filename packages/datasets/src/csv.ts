import { CsvError, parse } from 'csv-parse/browser/esm/sync'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { type ParseOptions, type Place, placeOf, quoted } from './place.ts'
import { sparseRows } from './sparse.ts'

/** How {@link parseCsv} reads. */
export interface CsvOptions extends ParseOptions {
  /** Which columns are labels: their names, or how many of the last columns. */
  readonly labels: number | readonly string[]
  /** Whether the first line names the columns; default true. Without it the names are numbers. */
  readonly header?: boolean
  /** What separates columns; default a comma. */
  readonly delimiter?: string
}

/**
 * Reads comma-separated values (RFC 4180): numeric features and labels 0 or 1, one example a line.
 *
 * @param text - the whole file
 * @throws `DataError` with file and line, when anything is malformed, not finite, or a label outside $\{0, 1\}$
 * @throws `DomainError` when the number of label columns is no positive integer
 *
 * @example
 * ```ts
 * import { parseCsv } from '@deepstruct/datasets'
 *
 * const dataset = parseCsv('brightness,beach,sunset\n0.7,1,0\n0.2,0,1', { labels: ['beach', 'sunset'] })
 * ```
 */
export function parseCsv(text: string, options: CsvOptions): MultilabelDataset {
  const place = placeOf('parseCsv', options.file)
  const records = readRecords(text, options.delimiter ?? ',', place)
  const first = records[0]
  if (first === undefined) throw place.error(undefined, 'file', 'empty', 'at least one example')
  const names =
    options.header === false ? first.record.map((_, column) => String(column)) : first.record
  const repeated = names.find((name, column) => names.indexOf(name) < column)
  if (repeated !== undefined)
    throw place.error(first.line, 'header', `with ${quoted(repeated)} twice`, 'each name once')
  const rows = options.header === false ? records : records.slice(1)
  if (rows.length === 0)
    throw place.error(undefined, 'file', 'without examples', 'at least one line after the header')
  const labelColumns = columnsOfLabels(names, options.labels, first.line, place)
  const isLabel = new Set(labelColumns)
  const featureColumns = names.flatMap((_, column) => (isLabel.has(column) ? [] : [column]))
  const features = new Float32Array(rows.length * featureColumns.length)
  const labels = sparseRows()
  let next = 0
  for (const { record, line } of rows) {
    if (record.length !== names.length)
      throw place.error(
        line,
        'line',
        `${record.length} columns`,
        `${names.length}, as in the first line`,
      )
    for (const column of featureColumns)
      features[next++] = place.number(
        line,
        `feature ${quoted(names[column] as string)}`,
        record[column] as string,
      )
    for (const [label, column] of labelColumns.entries())
      labels.push(
        label,
        place.label(line, `label ${quoted(names[column] as string)}`, record[column] as string),
      )
    labels.endRow()
  }
  return multilabelDataset({
    features: { shape: [rows.length, featureColumns.length], dtype: 'float32', data: features },
    labels: labels.build(labelColumns.length),
    featureNames: featureColumns.map((column) => names[column] as string),
    labelNames: labelColumns.map((column) => names[column] as string),
  })
}

/** A record of a CSV file. */
export interface CsvRecord {
  /** Its values. */
  readonly record: readonly string[]
  /** The line on which the record ends. */
  readonly line: number
}

/** The records of CSV text with their lines. */
export function readRecords(text: string, delimiter: string, place: Place): CsvRecord[] {
  try {
    const lines: number[] = []
    const records = parse(text, {
      bom: true,
      delimiter,
      on_record(record: string[], info) {
        lines.push(info.lines)
        return record
      },
      relax_column_count: true,
      skip_empty_lines: true,
      trim: true,
    })
    return records.map((record, i) => ({ record, line: lines[i] as number }))
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause
    const line = 'lines' in cause && typeof cause.lines === 'number' ? cause.lines : undefined
    throw place.error(line, 'line', `malformed: ${cause.message}`, 'comma-separated values')
  }
}

function columnsOfLabels(
  names: readonly string[],
  labels: number | readonly string[],
  line: number,
  place: Place,
): number[] {
  if (typeof labels === 'number') {
    if (!Number.isInteger(labels) || labels < 1)
      throw place.refuse('labels', String(labels), 'the number of label columns, 1 or more')
    if (labels >= names.length)
      throw place.error(
        line,
        'line',
        `${names.length} columns`,
        `more than the ${labels} label columns`,
      )
    return Array.from({ length: labels }, (_, i) => names.length - labels + i)
  }
  return labels.map((name) => {
    const column = names.indexOf(name)
    if (column === -1)
      throw place.error(
        line,
        'header',
        `without the label ${quoted(name)}`,
        'a column for each label',
      )
    return column
  })
}
