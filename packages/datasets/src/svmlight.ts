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
 * and 7. A line that starts with a feature has no label; `#` starts a comment, and blank lines are skipped. A first line of three integers `examples features
 * labels` (the form of the Extreme Classification Repository) is a header, and features then count from 0.
 *
 * @param text - the whole file
 * @throws `DataError` with file and line, when anything is malformed, out of range, not finite, repeated or not ascending
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
  let header: Header | undefined
  let known = options.columns && {
    features: options.columns.features,
    labels: options.columns.labels.length,
  }
  let highest = { features: 0, labels: 0 }
  for (const [raw, line] of linesOf(text)) {
    const [content = ''] = raw.split('#', 1)
    const tokens = content.trim().split(/\s+/)
    if (tokens[0] === '') continue
    if (line === 1) {
      header = readHeader(tokens, place, known)
      known = header ?? known
      if (header !== undefined) continue
    }
    const own =
      tokens[0]?.includes(':') === true
        ? []
        : labelNumbers(tokens.shift() as string, line, known?.labels, place)
    const first = options.firstFeature ?? (header === undefined ? 1 : 0)
    const entries = featureEntries(tokens, line, first, known?.features, place)
    for (const label of own) labels.push(label, 1)
    for (const [feature, value] of entries) features.push(feature, value)
    highest = {
      features: Math.max(highest.features, (entries.at(-1)?.[0] ?? -1) + 1),
      labels: Math.max(highest.labels, (own.at(-1) ?? -1) + 1),
    }
    features.endRow()
    labels.endRow()
    size++
  }
  if (size === 0) throw place.error(undefined, 'file', 'empty', 'at least one example')
  if (header !== undefined && header.examples !== size)
    throw place.error(1, 'header', `${header.examples} examples`, `${size}, as in the file`)
  const counts = known ?? highest
  return multilabelDataset({
    features: features.build(counts.features),
    labels: labels.build(counts.labels),
    ...(options.columns === undefined ? {} : { labelNames: options.columns.labels }),
  })
}

interface Counts {
  readonly features: number
  readonly labels: number
}

interface Header extends Counts {
  readonly examples: number
}

function readHeader(
  tokens: readonly string[],
  place: Place,
  known: Counts | undefined,
): Header | undefined {
  if (tokens.length !== 3 || !tokens.every((token) => /^\d+$/.test(token))) return undefined
  const [examples, features, labels] = tokens.map(Number) as [number, number, number]
  if (known !== undefined && (known.features !== features || known.labels !== labels))
    throw place.error(
      1,
      'header',
      `${features} features and ${labels} labels`,
      `${known.features} and ${known.labels}`,
    )
  return { examples, features, labels }
}

function featureEntries(
  tokens: readonly string[],
  line: number,
  first: number,
  count: number | undefined,
  place: Place,
): (readonly [feature: number, value: number])[] {
  let previous = -1
  return tokens.map((token) => {
    const colon = token.indexOf(':')
    if (colon === -1) throw place.error(line, 'entry', quoted(token), 'feature:value')
    const end = count === undefined ? Infinity : count + first
    const number = place.integer(line, 'feature number', token.slice(0, colon), first, end)
    if (number <= previous)
      throw place.error(
        line,
        'feature number',
        `${number} after ${previous}`,
        'ascending numbers without repeats',
      )
    previous = number
    return [
      number - first,
      place.number(line, `value of feature ${number}`, token.slice(colon + 1)),
    ]
  })
}

/** The labels of a line in ascending order: files of this form list them in any order. */
function labelNumbers(
  token: string,
  line: number,
  count: number | undefined,
  place: Place,
): number[] {
  const numbers = token
    .split(',')
    .map((part) => place.integer(line, 'label number', part, 0, count ?? Infinity))
  if (new Set(numbers).size < numbers.length)
    throw place.error(line, 'labels', quoted(token), 'each label once')
  return numbers.toSorted((a, b) => a - b)
}
