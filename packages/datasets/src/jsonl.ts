import type { Columns } from './columns.ts'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { linesOf, type ParseOptions, type Place, placeOf, quoted } from './place.ts'
import { sparseRows, toDense } from './sparse.ts'

/** How {@link parseJsonl} reads. */
export interface JsonlOptions extends ParseOptions {
  /** The columns to expect; default: as many features as the file has, and the labels that occur, sorted. */
  readonly columns?: Columns
}

/**
 * Reads JSON lines: `{"x": [0.5, 1], "labels": ["beach"]}`, or with the nonzero inputs only,
 * `{"x": {"0": 0.5}, "labels": [1]}`. Labels are names, or numbers counted from 0, alike in the whole file.
 *
 * @param text - the whole file
 * @throws `DataError` with file and line, when anything is malformed, out of range, not finite or repeated
 *
 * @example
 * ```ts
 * import { parseJsonl } from '@deepstruct/datasets'
 *
 * const dataset = parseJsonl('{"x": [0.5, 1], "labels": ["beach"]}\n{"x": [2, 0], "labels": []}')
 * ```
 */
export function parseJsonl(text: string, options: JsonlOptions = {}): MultilabelDataset {
  const place = placeOf('parseJsonl', options.file)
  const { columns } = options
  const examples: { readonly labels: readonly (string | number)[]; readonly line: number }[] = []
  const features = sparseRows()
  let width = columns?.features
  let highest = -1
  let sparse = true
  for (const [raw, line] of linesOf(text)) {
    if (raw.trim() === '') continue
    const { x, labels } = readObject(raw, line, place)
    const inputs = readInputs(x, line, place, columns?.features ?? Infinity)
    if (inputs.length !== undefined) {
      sparse = false
      width ??= inputs.length
      if (inputs.length !== width)
        throw place.error(line, 'x', `${inputs.length} numbers`, String(width))
    }
    for (const [i, index] of inputs.indices.entries())
      features.push(index, inputs.values[i] as number)
    highest = Math.max(highest, inputs.indices.at(-1) ?? -1)
    features.endRow()
    examples.push({ labels: readLabels(labels, line, place), line })
  }
  if (examples.length === 0) throw place.error(undefined, 'file', 'empty', 'at least one example')
  if (width !== undefined && highest >= width)
    throw place.error(
      undefined,
      'x',
      `with feature ${highest}`,
      `numbers below ${width}, the length of the lists`,
    )
  const matrix = features.build(width ?? highest + 1)
  const names = columns?.labels ?? namesOf(examples)
  const rows = sparseRows()
  const numberOf = new Map(names.map((name, label) => [name, label]))
  for (const { labels, line } of examples) {
    const numbers = labels.map((label) => {
      const number = typeof label === 'number' ? label : numberOf.get(label)
      if (number === undefined || number >= names.length)
        throw place.error(
          line,
          'labels',
          `with ${JSON.stringify(label)}`,
          `names or numbers of the ${names.length} labels`,
        )
      return number
    })
    if (new Set(numbers).size < numbers.length)
      throw place.error(line, 'labels', `[${labels.join(', ')}]`, 'each label once')
    for (const number of numbers.toSorted((a, b) => a - b)) rows.push(number, 1)
    rows.endRow()
  }
  return multilabelDataset({
    features: sparse ? matrix : toDense(matrix),
    labels: rows.build(names.length),
    labelNames: names,
  })
}

/**
 * The inputs of one example as a dense row: from a list of numbers, or from an object `{"index": value}` of the nonzero ones.
 *
 * @param x - the parsed JSON value
 * @param features - how many features the example must have
 * @param where - the file and line, for messages
 * @throws `DataError` when it is neither, has another length, or a value or number that is out of range
 */
export function parseInputRow(
  x: unknown,
  features: number,
  where: ParseOptions & {
    /** The line the example stands on. */
    readonly line: number
  },
): Float32Array {
  const place = placeOf('parseInputRow', where.file)
  const { indices, values, length } = readInputs(x, where.line, place, features)
  if (length !== undefined && length !== features)
    throw place.error(where.line, 'x', `${length} numbers`, String(features))
  const row = new Float32Array(features)
  for (const [i, index] of indices.entries()) row[index] = values[i] as number
  return row
}

/** The entries of one example's inputs. */
interface Inputs {
  /** The columns that have a value, ascending. */
  readonly indices: readonly number[]
  readonly values: readonly number[]
  /** How many columns a list has; none for an object of some of them. */
  readonly length?: number
}

function readInputs(x: unknown, line: number, place: Place, width: number): Inputs {
  if (Array.isArray(x)) {
    const values = x.map((value: unknown, i) => readNumber(value, `x[${i}]`, line, place))
    return { indices: values.map((_, i) => i), values, length: values.length }
  }
  if (!isRecord(x))
    throw place.error(
      line,
      'x',
      x === undefined ? 'missing' : JSON.stringify(x),
      'a list of numbers or an object {"index": value}',
    )
  const entries = Object.entries(x).map(
    ([key, value]) =>
      [
        place.integer(line, 'feature number', key, 0, width),
        readNumber(value, `x[${key}]`, line, place),
      ] as const,
  )
  const sorted = entries.toSorted(([a], [b]) => a - b)
  const repeated = sorted.find(([index], i) => sorted[i - 1]?.[0] === index)
  if (repeated !== undefined)
    throw place.error(line, 'feature number', `${repeated[0]} twice`, 'each feature once')
  return { indices: sorted.map(([index]) => index), values: sorted.map(([, value]) => value) }
}

function readObject(raw: string, line: number, place: Place): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(raw)
    if (isRecord(value)) return value
  } catch {
    // Reported below, together with JSON that is no object.
  }
  throw place.error(line, 'line', quoted(raw), 'a JSON object {"x": …, "labels": […]}')
}

function readNumber(value: unknown, argument: string, line: number, place: Place): number {
  if (typeof value !== 'number')
    throw place.error(line, argument, JSON.stringify(value), 'a number')
  return place.number(line, argument, String(value))
}

function readLabels(labels: unknown, line: number, place: Place): (string | number)[] {
  if (!Array.isArray(labels) || !labels.every(isLabel))
    throw place.error(
      line,
      'labels',
      JSON.stringify(labels) ?? 'missing',
      'a list of names, or of numbers from 0 up',
    )
  return labels
}

function isLabel(label: unknown): label is string | number {
  return (
    typeof label === 'string' ||
    (typeof label === 'number' && Number.isInteger(label) && label >= 0)
  )
}

/** The names of the labels that occur: sorted, so that the order of the examples does not matter. */
function namesOf(examples: readonly { readonly labels: readonly (string | number)[] }[]): string[] {
  const found = new Set(examples.flatMap(({ labels }) => labels))
  const numbers = [...found].filter((label) => typeof label === 'number')
  if (numbers.length > 0)
    return Array.from({ length: numbers.reduce((a, b) => Math.max(a, b)) + 1 }, (_, label) =>
      String(label),
    )
  return [...found].map(String).toSorted((a, b) => (a < b ? -1 : 1))
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
