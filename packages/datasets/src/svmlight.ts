import type { Columns } from './columns.ts'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { linesOf, type ParseOptions, type Place, placeOf, quoted } from './place.ts'
import { sparseRows } from './sparse.ts'

/** How {@link parseSvmlight} reads. */
export interface SvmlightOptions extends ParseOptions {
  /** The columns to expect; default: as many as the highest numbers ask for, or as the header line says. */
  readonly columns?: Columns
  /** The number of the first feature; default 1, or 0 where the file has a header line. */
  readonly firstFeature?: 0 | 1
}

/**
 * Reads multi-label svmlight (LIBSVM) text: a line `1,5 3:0.2 7:1` has the labels 1 and 5, counted from 0, and the features 3
 * and 7. A line that starts with a feature has no label; `#` starts a comment. A first line of three integers `examples features
 * labels` (the form of the Extreme Classification Repository) is a header, and features then count from 0.
 *
 * @param text - the whole file
 * @throws {@link DataError} with file and line, when anything is malformed, out of range, not finite, repeated or not ascending
 *
 * @example
 * ```ts
 * import { parseSvmlight } from '@deepstruct/datasets'
 *
 * const dataset = parseSvmlight('1,2 3:0.2 7:1\n0 1:0.5')
 * // 2 examples, 7 features, 3 labels
 * ```
 */
export function parseSvmlight(text: string, options: SvmlightOptions = {}): MultilabelDataset {
  const place = placeOf('parseSvmlight', options.file)
  const features = sparseRows()
  const labels = sparseRows()
  let size = 0
  let header: readonly number[] | undefined
  let counts: readonly [number, number] = [
    options.columns?.features ?? 0,
    options.columns?.labels.length ?? 0,
  ]
  let limits: readonly [number, number] =
    options.columns === undefined ? [Infinity, Infinity] : counts
  let first = options.firstFeature ?? 1
  for (const [raw, line] of linesOf(text)) {
    const [content = ''] = raw.split('#', 1)
    if (content.trim() === '' && raw.trim() !== '') continue
    const tokens = content.trim().split(/\s+/)
    if (line === 1 && tokens.length === 3 && tokens.every((token) => /^\d+$/.test(token))) {
      header = tokens.map(Number)
      first = options.firstFeature ?? 0
      const declared = [header[1] as number, header[2] as number] as const
      if (options.columns !== undefined && (declared[0] !== counts[0] || declared[1] !== counts[1]))
        throw place.error(
          line,
          'header',
          `${declared[0]} features and ${declared[1]} labels`,
          `${counts[0]} and ${counts[1]}`,
        )
      counts = limits = declared
      continue
    }
    if (content.trim() === '') throw place.error(line, 'line', 'blank', 'labels and features')
    const own =
      tokens[0]?.includes(':') === true
        ? []
        : labelNumbers(tokens.shift() as string, line, limits[1], place)
    for (const label of own) labels.push(label, 1)
    let previous = -1
    for (const token of tokens) {
      const colon = token.indexOf(':')
      if (colon === -1) throw place.error(line, 'entry', quoted(token), 'feature:value')
      const number = place.integer(
        line,
        'feature number',
        token.slice(0, colon),
        first,
        limits[0] + first,
      )
      if (number <= previous)
        throw place.error(
          line,
          'feature number',
          `${number} after ${previous}`,
          'ascending numbers without repeats',
        )
      previous = number
      features.push(
        number - first,
        place.number(line, `value of feature ${number}`, token.slice(colon + 1)),
      )
    }
    counts = [
      Math.max(counts[0], previous - first + 1),
      Math.max(counts[1], ...own.map((label) => label + 1)),
    ]
    features.endRow()
    labels.endRow()
    size++
  }
  if (size === 0) throw place.error(undefined, 'file', 'empty', 'at least one example')
  if (header !== undefined && header[0] !== size)
    throw place.error(1, 'header', `${header[0]} examples`, `${size}, as in the file`)
  return multilabelDataset({
    features: features.build(counts[0]),
    labels: labels.build(counts[1]),
    featureNames: Array.from({ length: counts[0] }, (_, feature) => String(feature + first)),
    ...(options.columns === undefined ? {} : { labelNames: options.columns.labels }),
  })
}

/** The labels of a line in ascending order: files of this form list them in any order. */
function labelNumbers(token: string, line: number, limit: number, place: Place): number[] {
  const numbers = token
    .split(',')
    .map((part) => place.integer(line, 'label number', part, 0, limit))
  if (new Set(numbers).size < numbers.length)
    throw place.error(line, 'labels', quoted(token), 'each label once')
  return numbers.toSorted((a, b) => a - b)
}
