import { firstToken, listParts, valueOf } from './arff-tokens.ts'
import { linesOf, type ParseOptions, type Place, placeOf, quoted } from './place.ts'
import { type SparseMatrix, sparseRows } from './sparse.ts'

/** A column of an ARFF file. */
export interface ArffAttribute {
  /** The name, without quotes. */
  readonly name: string
  /** The values of a nominal attribute, in the order of the file; none for a numeric one. */
  readonly values?: readonly string[]
  /** The line that declares it. */
  readonly line: number
}

/** An ARFF file: a header of attributes, and rows of cells. */
export interface ArffTable {
  /** The name of the relation. */
  readonly relation: string
  /** The columns. */
  readonly attributes: readonly ArffAttribute[]
  /** The cells, `[rows, attributes]`: a number, or the position of a nominal value among those declared. */
  readonly cells: SparseMatrix
  /** The line of each row. */
  readonly lines: Int32Array
  /** Whether every row was written as `{index value, …}`. */
  readonly sparse: boolean
}

/**
 * Reads ARFF: dense and sparse rows, numeric (`numeric`, `real`, `integer`) and nominal attributes, quoted names and values.
 * In a sparse row an attribute that is not named is 0, or the first value that a nominal attribute declares, as in Weka.
 *
 * @param text - the whole file
 * @throws `DataError` with file and line, for anything malformed, a missing value (`?`) and attributes of other types
 */
export function parseArff(text: string, options: ParseOptions = {}): ArffTable {
  const place = placeOf('parseArff', options.file)
  const attributes: ArffAttribute[] = []
  const seen = new Map<string, number>()
  const rows = sparseRows()
  const lines: number[] = []
  let relation = ''
  let readRow: ((row: string, line: number) => void) | undefined
  let sparse = true
  for (const [raw, line] of linesOf(text)) {
    const row = raw.trim()
    if (row === '' || row.startsWith('%')) continue
    if (readRow !== undefined) {
      sparse &&= row.startsWith('{')
      readRow(row, line)
      rows.endRow()
      lines.push(line)
    } else if (/^@relation\b/i.test(row)) {
      relation = firstToken(row.slice(9).trimStart())?.value ?? ''
    } else if (/^@attribute\s/i.test(row)) {
      const attribute = parseAttribute(row.slice(10).trim(), line, place)
      const earlier = seen.get(attribute.name)
      if (earlier !== undefined)
        throw place.error(
          line,
          'attribute',
          `${quoted(attribute.name)} again`,
          `a new name (it is declared at line ${earlier})`,
        )
      seen.set(attribute.name, line)
      attributes.push(attribute)
    } else if (/^@data$/i.test(row)) {
      if (attributes.length === 0)
        throw place.error(
          line,
          'header',
          'without attributes',
          'at least one @attribute before @data',
        )
      readRow = rowReader(attributes, rows.push, place)
    } else {
      throw place.error(line, 'header', quoted(row), '@relation, @attribute or @data')
    }
  }
  if (text.trim() === '') throw place.error(undefined, 'file', 'empty', 'an ARFF file')
  if (readRow === undefined)
    throw place.error(undefined, 'file', 'without @data', 'a line @data after the attributes')
  if (lines.length === 0)
    throw place.error(undefined, 'file', 'without rows', 'at least one row after @data')
  return {
    relation,
    attributes,
    cells: rows.build(attributes.length),
    lines: Int32Array.from(lines),
    sparse,
  }
}

function parseAttribute(text: string, line: number, place: Place): ArffAttribute {
  const token = firstToken(text)
  if (token === undefined || token.value === '')
    throw place.error(line, 'attribute', quoted(text), 'a name and a type, with quotes closed')
  const { value: name, rest: type } = token
  if (/^(numeric|real|integer)$/i.test(type)) return { name, line }
  const nominal = /^\{(.*)\}$/.exec(type)
  const values = nominal === null ? undefined : listParts(nominal[1] as string)?.map(valueOf)
  if (values === undefined || new Set(values).size < values.length)
    throw place.error(
      line,
      `type of attribute ${quoted(name)}`,
      quoted(type),
      'numeric, real, integer or a list {a,b,…} of different values',
    )
  return { name, values, line }
}

function rowReader(
  attributes: readonly ArffAttribute[],
  push: (column: number, value: number) => void,
  place: Place,
): (row: string, line: number) => void {
  const codes = attributes.map(({ values }) => new Map(values?.map((value, code) => [value, code])))
  const cell = (column: number, part: string, line: number): number => {
    const token = valueOf(part)
    const { name, values } = attributes[column] as ArffAttribute
    const argument = `value of attribute ${quoted(name)}`
    const code = values === undefined ? undefined : codes[column]?.get(token)
    if (code !== undefined) return code
    if (part === '?')
      throw place.error(
        line,
        argument,
        'missing (?)',
        'a value, as missing values are not supported',
      )
    if (values !== undefined)
      throw place.error(line, argument, quoted(token), `one of {${preview(values)}}`)
    return place.number(line, argument, token)
  }
  const list = (row: string, line: number): string[] => {
    const parts = listParts(row)
    if (parts === undefined) throw place.error(line, 'row', 'with an open quote', 'quotes in pairs')
    return parts
  }
  const dense = (row: string, line: number): void => {
    const parts = list(row, line)
    if (parts.length !== attributes.length)
      throw place.error(
        line,
        'row',
        `${parts.length} columns`,
        `${attributes.length}, one for each attribute`,
      )
    for (let column = 0; column < parts.length; column++)
      push(column, cell(column, parts[column] as string, line))
  }
  const sparse = (row: string, line: number): void => {
    if (!row.endsWith('}')) throw place.error(line, 'row', 'cut off', 'a sparse row that ends in }')
    const inside = row.slice(1, -1).trim()
    if (inside === '') return
    let previous = -1
    for (const entry of list(inside, line)) {
      const [, number, value] = /^(\S+)\s+(.*)$/.exec(entry) ?? []
      if (number === undefined || value === undefined)
        throw place.error(line, 'entry', quoted(entry), 'an attribute number and a value')
      const column = place.integer(line, 'attribute number', number, 0, attributes.length)
      if (column <= previous)
        throw place.error(
          line,
          'attribute number',
          `${column} after ${previous}`,
          'ascending numbers without repeats',
        )
      push(column, cell(column, value, line))
      previous = column
    }
  }
  return (row, line) => (row.startsWith('{') ? sparse : dense)(row, line)
}

function preview(values: readonly string[]): string {
  return values.length > 8 ? `${values.slice(0, 8).join(',')},…` : values.join(',')
}
