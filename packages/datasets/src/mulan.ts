import { type ArffAttribute, type ArffTable, parseArff } from './arff.ts'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { type ParseOptions, type Place, placeOf, quoted } from './place.ts'
import { sparseRows, toDense } from './sparse.ts'

/**
 * Reads a multi-label set of the Mulan form: an ARFF file whose first or last attributes are the labels.
 *
 * Labels keep the order of the ARFF file, whatever the order of the names. A nominal feature with values 0 and 1 becomes one
 * column, any other nominal feature one column `name=value` for each value. Inputs are sparse when every row of the file is.
 *
 * @param arff - the text of the ARFF file
 * @param labelNames - the names of the labels, from `parseMulanLabels`
 * @throws `DataError` with file and line: also when a label is no attribute, when the labels are not the first or last
 *   attributes without a gap (an attribute between or after them was left out of the names), or has values other than 0 and 1
 *
 * @example
 * ```ts
 * import { parseMulan, parseMulanLabels } from '@deepstruct/datasets'
 *
 * const labels = parseMulanLabels('<labels><label name="beach"/><label name="sunset"/></labels>')
 * const dataset = parseMulan(
 *   `@relation scenes
 * @attribute brightness numeric
 * @attribute beach {0,1}
 * @attribute sunset {0,1}
 * @data
 * 0.7,1,0
 * 0.2,0,1`,
 *   labels,
 * )
 * ```
 */
export function parseMulan(
  arff: string,
  labelNames: readonly string[],
  options: ParseOptions = {},
): MultilabelDataset {
  const table = parseArff(arff, options)
  const place = placeOf('parseMulan', options.file)
  return encodedTable(table, labelColumns(table, labelNames, place), place)
}

/** The columns of a table as numbers: features, and labels of values 0 and 1. */
export function encodedTable(
  table: ArffTable,
  isLabel: readonly boolean[],
  place: Place,
): MultilabelDataset {
  const columns = encode(table, isLabel, place)
  const features = sparseRows()
  const labels = sparseRows()
  const { offsets, indices, values } = table.cells
  const implied = columns.flatMap(({ zero }, attribute) => (zero === undefined ? [] : [attribute]))
  for (let row = 0; row < table.cells.rows; row++) {
    const line = table.lines[row] as number
    const emit = (attribute: number, cell: number): void => {
      const column = columns[attribute] as Encoding
      const at = column.isLabel ? labels : features
      const [index, value] = cell === 0 && column.zero ? column.zero : column.entry(cell, line)
      at.push(index, value)
    }
    let next = 0
    for (let entry = offsets[row] as number; entry < (offsets[row + 1] as number); entry++) {
      const attribute = indices[entry] as number
      while ((implied[next] ?? Infinity) < attribute) emit(implied[next++] as number, 0)
      if (implied[next] === attribute) next++
      emit(attribute, values[entry] as number)
    }
    while (next < implied.length) emit(implied[next++] as number, 0)
    features.endRow()
    labels.endRow()
  }
  const inputs = columns.filter((column) => !column.isLabel).flatMap(({ names }) => names)
  const outputs = columns.filter((column) => column.isLabel).flatMap(({ names }) => names)
  const sparse = features.build(inputs.length)
  return multilabelDataset({
    features: table.sparse ? sparse : toDense(sparse),
    labels: labels.build(outputs.length),
    featureNames: inputs,
    labelNames: outputs,
  })
}

/** How the cells of one attribute become entries of columns. */
interface Encoding {
  readonly isLabel: boolean
  readonly names: readonly string[]
  /** The entry of a cell that is 0, where that entry is not 0. */
  readonly zero?: readonly [column: number, value: number]
  readonly entry: (cell: number, line: number) => readonly [column: number, value: number]
}

function encode(table: ArffTable, isLabel: readonly boolean[], place: Place): Encoding[] {
  const next = { label: 0, feature: 0 }
  return table.attributes.map((attribute, position) => {
    const kind = isLabel[position] === true ? 'label' : 'feature'
    const encoding = encodeAttribute(attribute, kind === 'label', next[kind], place)
    next[kind] += encoding.names.length
    return encoding
  })
}

function encodeAttribute(
  attribute: ArffAttribute,
  isLabel: boolean,
  column: number,
  place: Place,
): Encoding {
  const { name, values, line } = attribute
  if (values === undefined)
    return {
      isLabel,
      names: [name],
      entry: (cell, row) => [
        column,
        isLabel ? place.label(row, `label ${quoted(name)}`, String(cell)) : cell,
      ],
    }
  if (values.every((value) => value === '0' || value === '1')) {
    const entries = values.map((value) => [column, Number(value)] as const)
    return {
      isLabel,
      names: [name],
      ...zeroOf(entries),
      entry: (cell) => entries[cell] as readonly [number, number],
    }
  }
  if (isLabel)
    throw place.error(
      line,
      `label ${quoted(name)}`,
      `of values {${values.join(',')}}`,
      'values 0 and 1',
    )
  const entries = values.map((_, code) => [column + code, 1] as const)
  return {
    isLabel,
    names: values.map((value) => `${name}=${value}`),
    ...zeroOf(entries),
    entry: (cell) => entries[cell] as readonly [number, number],
  }
}

function zeroOf(entries: readonly (readonly [number, number])[]): Pick<Encoding, 'zero'> {
  const zero = entries[0]
  return zero === undefined || zero[1] === 0 ? {} : { zero }
}

/** Which attributes are labels. */
function labelColumns(table: ArffTable, labelNames: readonly string[], place: Place): boolean[] {
  if (labelNames.length === 0) throw place.refuse('labelNames', 'empty', 'at least one label')
  const wanted = new Set(labelNames)
  const isLabel = table.attributes.map(({ name }) => wanted.has(name))
  const known = new Set(table.attributes.map(({ name }) => name))
  const missing = labelNames.find((name) => !known.has(name))
  if (missing !== undefined)
    throw place.error(
      undefined,
      'header',
      `without the label ${quoted(missing)}`,
      'an @attribute for each label of the XML',
    )
  const first = isLabel.indexOf(true)
  const last = isLabel.lastIndexOf(true)
  const gap = isLabel.indexOf(false, first)
  const stray =
    first > 0 && last < isLabel.length - 1 ? last + 1 : gap === -1 || gap > last ? -1 : gap
  const attribute = table.attributes[stray]
  if (attribute !== undefined)
    throw place.error(
      attribute.line,
      `attribute ${quoted(attribute.name)}`,
      'not among the labels of the XML',
      'labels that are the first or the last attributes without a gap',
    )
  return isLabel
}
