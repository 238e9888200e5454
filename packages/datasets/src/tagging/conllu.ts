import { type ParseOptions, type Place, placeOf, quoted } from '../place.ts'
import { blocksOf, type NumberedLine } from './blocks.ts'
import type { TaggedSentence } from './tagged-sentence.ts'

/** How {@link parseConllu} reads. */
export interface ConlluOptions extends ParseOptions {
  /** Which tags: the universal ones (default), or those of the language. */
  readonly tags?: 'upos' | 'xpos'
}

const COLUMNS = 10
const TAG_COLUMNS = { upos: 3, xpos: 4 } as const

/**
 * Reads tagged sentences in CoNLL-U, the format of Universal Dependencies: ten columns, separated by tabs, and a blank line after each
 * sentence. Tokens are the syntactic words, which carry the tags. Comments (`#`), the surface forms of ranges (`1-2`) and empty nodes (`1.1`)
 * are left out.
 *
 * @param text - the whole file
 * @throws `DataError` with file and line, when a line has not ten columns, words are not numbered 1, 2, …, a range or an empty node is out of
 * place, a word has no form or tag, or there is no sentence
 *
 * @example
 * ```ts
 * import { parseConllu } from '@deepstruct/datasets'
 *
 * const rest = '_\t_\t0\troot\t_\t_'
 * const [sentence] = parseConllu(`# text = Go on\n1\tGo\tgo\tVERB\t${rest}\n2\ton\ton\tADP\t${rest}\n`)
 * sentence?.tags // VERB, ADP
 * ```
 */
export function parseConllu(text: string, options: ConlluOptions = {}): readonly TaggedSentence[] {
  const { file, tags = 'upos' } = options
  const place = placeOf('parseConllu', file)
  const sentences = [...blocksOf(text)].flatMap((block) => {
    const lines = block.filter(([line]) => !line.startsWith('#'))
    return lines.length === 0 ? [] : [sentenceOf(lines, TAG_COLUMNS[tags], tags, place)]
  })
  if (sentences.length === 0)
    throw place.error(undefined, 'file', 'without sentences', 'at least one word with its tag')
  return sentences
}

function sentenceOf(
  lines: readonly NumberedLine[],
  tagColumn: number,
  tagName: string,
  place: Place,
): TaggedSentence {
  const tokens: string[] = []
  const tags: string[] = []
  for (const [line, number] of lines) {
    const columns = line.split('\t')
    if (columns.length !== COLUMNS)
      throw place.error(
        number,
        'line',
        `${columns.length} columns`,
        `${COLUMNS}, separated by tabs`,
      )
    const [id = '', form = ''] = columns
    if (isBesideWords(id, tokens.length, number, place)) continue
    if (id !== String(tokens.length + 1))
      throw place.error(number, 'id', quoted(id), `${tokens.length + 1}, the number of the word`)
    const tag = columns[tagColumn] as string
    if (form === '') throw place.error(number, 'form', 'empty', 'the word')
    if (tag === '' || tag === '_')
      throw place.error(number, tagName, quoted(tag), 'the tag of the word')
    tokens.push(form)
    tags.push(tag)
  }
  if (tokens.length === 0)
    throw place.error(lines[0]![1], 'sentence', 'without words', 'at least one')
  return { tokens, tags }
}

/** Whether a line is no word but a range that begins at the next one, or an empty node after the last one. */
function isBesideWords(id: string, words: number, line: number, place: Place): boolean {
  const range = /^(\d+)-(\d+)$/.exec(id)
  if (range !== null) {
    const [first, last] = [Number(range[1]), Number(range[2])]
    if (first !== words + 1 || last < first)
      throw place.error(line, 'id', quoted(id), `a range from ${words + 1} on`)
    return true
  }
  const empty = /^(\d+)\.[1-9]\d*$/.exec(id)
  if (empty === null) return false
  if (Number(empty[1]) !== words)
    throw place.error(line, 'id', quoted(id), `an empty node ${words}.n after word ${words}`)
  return true
}
