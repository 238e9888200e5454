import { type ParseOptions, type Place, placeOf, quoted } from '../place.ts'
import { blocksOf, type NumberedLine } from './blocks.ts'
import type { TaggedSentence } from './tagged-sentence.ts'

/** How {@link parseConll} reads. */
export interface ConllOptions extends ParseOptions {
  /** The column of the token, counted from 0; default 0. */
  readonly tokenColumn?: number
  /** The column of the tag; default the last one. */
  readonly tagColumn?: number
}

/** What CoNLL 2003 puts between documents. */
const DOCUMENT = '-DOCSTART-'

/**
 * Reads tagged sentences in columns: one token a line with its tag, a blank line after each sentence. Columns are separated by tabs; a line
 * without any, by spaces. A line that begins with `-DOCSTART-` is left out. There are no comments, since `#` may be a token.
 *
 * @param text - the whole file
 * @throws `DataError` with file and line, when a line has too few columns or an empty one, or there is no sentence
 *
 * @example
 * ```ts
 * import { parseConll } from '@deepstruct/datasets'
 *
 * const sentences = parseConll('so\tR\nfar\tR\n\nlol\t!\n')
 * sentences.length // 2
 * ```
 */
export function parseConll(text: string, options: ConllOptions = {}): readonly TaggedSentence[] {
  const { file, tokenColumn = 0, tagColumn } = options
  const place = placeOf('parseConll', file)
  const sentences = blocksOfTokens(text).map((lines): TaggedSentence => {
    const rows = lines.map((line) => {
      const columns = columnsOf(line[0])
      const last = Math.max(1, columns.length - 1)
      return {
        token: column(columns, tokenColumn, 'token', line, place),
        tag: column(columns, tagColumn ?? last, 'tag', line, place),
      }
    })
    return { tokens: rows.map(({ token }) => token), tags: rows.map(({ tag }) => tag) }
  })
  if (sentences.length === 0)
    throw place.error(undefined, 'file', 'without sentences', 'at least one token with its tag')
  return sentences
}

/**
 * Reads sentences without tags from columns: the token is the first column of a line, a blank line ends a sentence.
 *
 * @param text - the whole file
 * @throws `DataError` with file and line, when the first column of a line is empty
 */
export function parseConllTokens(
  text: string,
  { file }: ParseOptions = {},
): readonly (readonly string[])[] {
  const place = placeOf('parseConllTokens', file)
  return blocksOfTokens(text).map((lines) =>
    lines.map((line) => column(columnsOf(line[0]), 0, 'token', line, place)),
  )
}

function blocksOfTokens(text: string): readonly (readonly NumberedLine[])[] {
  return [...blocksOf(text)]
    .map((lines) => lines.filter(([line]) => !line.startsWith(DOCUMENT)))
    .filter((lines) => lines.length > 0)
}

function columnsOf(line: string): readonly string[] {
  return line.includes('\t') ? line.split('\t') : line.trim().split(/ +/)
}

function column(
  columns: readonly string[],
  index: number,
  what: string,
  [line, number]: NumberedLine,
  place: Place,
): string {
  const found = columns[index]
  if (found === undefined)
    throw place.error(number, 'line', quoted(line), `a ${what} in column ${index + 1}`)
  if (found === '') throw place.error(number, what, 'empty', 'some text', quoted(line))
  return found
}
