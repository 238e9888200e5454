import type { NDArray } from '@deepstruct/tensor'
import { parseArff } from './arff.ts'
import { readRecords } from './csv.ts'
import { encodedTable } from './mulan.ts'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { type ParseOptions, type Place, placeOf, quoted } from './place.ts'
import { type Features, type SparseMatrix, sparseRows, toDense } from './sparse.ts'

/** How {@link parseTargetCsv} and {@link parseTargetArff} read. */
export interface TargetOptions extends ParseOptions {
  /** The name of the column that holds the class. */
  readonly target: string
  /** The classes in their order, for instance those of a model; default the values that occur, sorted, or as an ARFF file declares them. */
  readonly classes?: readonly string[]
}

/**
 * Reads comma-separated values with a header: numeric features, and one column with the class of each example, any text. The labels of the result are
 * the classes, and each example has exactly one.
 *
 * @throws `DataError` with file and line, when anything is malformed, a feature is no finite number, there is no such column, or a class is not among
 *   those that are given
 *
 * @example
 * ```ts
 * import { parseTargetCsv } from '@deepstruct/datasets'
 *
 * const flowers = parseTargetCsv('petal,kind\n1.4,setosa\n4.7,versicolor', { target: 'kind' })
 * flowers.labelNames // ['setosa', 'versicolor']
 * ```
 */
export function parseTargetCsv(text: string, options: TargetOptions): MultilabelDataset {
  const place = placeOf('parseTargetCsv', options.file)
  const [header, ...rows] = readRecords(text, ',', place)
  if (header === undefined) throw place.error(undefined, 'file', 'empty', 'at least one example')
  if (rows.length === 0)
    throw place.error(undefined, 'file', 'without examples', 'at least one line after the header')
  const names = header.record
  const repeated = names.find((name, column) => names.indexOf(name) < column)
  if (repeated !== undefined)
    throw place.error(header.line, 'header', `with ${quoted(repeated)} twice`, 'each name once')
  const target = names.indexOf(options.target)
  if (target === -1)
    throw place.error(
      header.line,
      'header',
      `without the column ${quoted(options.target)}`,
      `one of ${names.map(quoted).join(', ')}`,
    )
  const columns = names.flatMap((_, column) => (column === target ? [] : [column]))
  const features = new Float32Array(rows.length * columns.length)
  let next = 0
  for (const { record, line } of rows) {
    if (record.length !== names.length)
      throw place.error(
        line,
        'line',
        `${record.length} columns`,
        `${names.length}, as in the first line`,
      )
    for (const column of columns)
      features[next++] = place.number(line, `feature ${quoted(names[column]!)}`, record[column]!)
  }
  const { labels, classes } = oneHot(
    rows.map(({ record, line }) => ({ value: record[target]!, line })),
    options,
    place,
  )
  return multilabelDataset({
    features: { shape: [rows.length, columns.length], dtype: 'float32', data: features },
    labels,
    featureNames: columns.map((column) => names[column]!),
    labelNames: classes,
  })
}

/**
 * Reads an ARFF file with one attribute that holds the class of each example, nominal or numeric. The other attributes are features, as `parseMulan`
 * encodes them.
 *
 * @throws `DataError` with file and line, when anything is malformed, there is no such attribute, or a class is not among those that are given
 */
export function parseTargetArff(text: string, options: TargetOptions): MultilabelDataset {
  const place = placeOf('parseTargetArff', options.file)
  const table = parseArff(text, options)
  // As a feature, a nominal attribute has a column for each value.
  const all = encodedTable(
    table,
    table.attributes.map(() => false),
    place,
  )
  const { featureNames } = all
  const prefix = `${options.target}=`
  const isTarget = featureNames.map((name) => name === options.target || name.startsWith(prefix))
  const targets = featureNames.flatMap((_, column) => (isTarget[column] ? [column] : []))
  if (targets.length === 0)
    throw place.error(
      undefined,
      'header',
      `without the attribute ${quoted(options.target)}`,
      'an @attribute of this name',
    )
  const columns = featureNames.flatMap((_, column) => (isTarget[column] ? [] : [column]))
  const cells = gatherColumns(all.features, targets)
  const declared = targets.map((column) => featureNames[column]!.slice(prefix.length))
  const isNominal = featureNames[targets[0]!] !== options.target
  const values = Array.from({ length: all.size }, (_, row) => {
    const own = cells.data.subarray(row * targets.length, (row + 1) * targets.length)
    return { value: isNominal ? declared[own.indexOf(1)]! : String(own[0]), line: table.lines[row] }
  })
  const { labels, classes } = oneHot(
    values,
    isNominal && options.classes === undefined ? { ...options, classes: declared } : options,
    place,
  )
  const features = gatherColumns(all.features, columns)
  return multilabelDataset({
    features,
    labels,
    featureNames: columns.map((column) => featureNames[column]!),
    labelNames: classes,
  })
}

/** A row with a single 1 for each value. */
function oneHot(
  values: readonly { readonly value: string; readonly line: number | undefined }[],
  { classes: given, target }: TargetOptions,
  place: Place,
): { readonly labels: SparseMatrix; readonly classes: readonly string[] } {
  const classes =
    given ??
    [...new Set(values.map(({ value }) => value))].toSorted((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    )
  if (classes.length < 2)
    throw place.error(undefined, `column ${quoted(target)}`, 'of one value', 'at least two classes')
  const codes = new Map(classes.map((name, code) => [name, code]))
  const rows = sparseRows()
  for (const { value, line } of values) {
    const code = codes.get(value)
    if (code === undefined)
      throw place.error(
        line,
        `class in ${quoted(target)}`,
        quoted(value),
        `one of ${classes.slice(0, 8).map(quoted).join(', ')}${classes.length > 8 ? ', …' : ''}`,
      )
    rows.push(code, 1)
    rows.endRow()
  }
  return { labels: rows.build(classes.length), classes }
}

/** The given columns, in the given order, dense. */
function gatherColumns(features: Features, columns: readonly number[]): NDArray {
  const { shape, data } = toDense(features)
  const [rows, width] = shape as [number, number]
  const gathered = new Float32Array(rows * columns.length)
  for (let row = 0; row < rows; row++)
    for (const [at, column] of columns.entries())
      gathered[row * columns.length + at] = data[row * width + column]!
  return { shape: [rows, columns.length], dtype: 'float32', data: gathered }
}
