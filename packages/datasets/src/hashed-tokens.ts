import { DomainError } from '@deepstruct/tensor'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { sparseRows } from './sparse.ts'
import type { TaggedSentence } from './tagging/tagged-sentence.ts'

/** How {@link hashedTokens} counts. */
export interface HashedTokensOptions {
  /** The tags in their order; a token needs one of them. */
  readonly tagNames: readonly string[]
  /** The number of columns that features are hashed into, a power of 2; default 65536. */
  readonly columns?: number
}

/**
 * The tokens of sentences as examples by themselves, with the tag as the class: what a linear classifier of words needs. The features of a token are the
 * word, its lower case, endings of 1 to 4 letters, first letters, its shape, and the words beside it, each hashed into a column (feature hashing, Weinberger et al. 2009,
 * without signs, since features are rarely shared); a column holds 1.
 *
 * @throws `DomainError` for a tag that is not among the names, or a number of columns that is no power of 2
 *
 * @example
 * ```ts
 * import { hashedTokens } from '@deepstruct/datasets'
 *
 * const tokens = hashedTokens([{ tokens: ['Cats', 'sleep'], tags: ['NOUN', 'VERB'] }], {
 *   tagNames: ['NOUN', 'VERB'],
 * })
 * tokens.size // 2
 * ```
 */
export function hashedTokens(
  sentences: readonly TaggedSentence[],
  { tagNames, columns = 65_536 }: HashedTokensOptions,
): MultilabelDataset {
  if (!(Number.isSafeInteger(columns) && columns > 1 && (columns & (columns - 1)) === 0))
    throw new DomainError({
      function: 'hashedTokens',
      argument: 'columns',
      got: String(columns),
      expected: 'a power of 2',
    })
  const codes = new Map(tagNames.map((name, code) => [name, code]))
  const features = sparseRows()
  const labels = sparseRows()
  for (const { tokens, tags } of sentences)
    for (const [t, tag] of tags.entries()) {
      const code = codes.get(tag)
      if (code === undefined)
        throw new DomainError({
          function: 'hashedTokens',
          argument: 'sentences',
          got: `with the tag ${JSON.stringify(tag)}`,
          expected: `one of ${tagNames.join(', ')}`,
        })
      labels.push(code, 1)
      labels.endRow()
      const own = new Set(featuresOf(tokens, t).map((name) => hashOf(name) & (columns - 1)))
      for (const column of [...own].toSorted((a, b) => a - b)) features.push(column, 1)
      features.endRow()
    }
  return multilabelDataset({
    features: features.build(columns),
    labels: labels.build(tagNames.length),
    labelNames: tagNames,
  })
}

function featuresOf(tokens: readonly string[], t: number): string[] {
  const word = tokens[t]!
  const lower = word.toLowerCase()
  const at = (offset: number): string => tokens[t + offset]?.toLowerCase() ?? '\u0000'
  const shape = word
    .replaceAll(/\p{Lu}+/gu, 'X')
    .replaceAll(/\p{Ll}+/gu, 'x')
    .replaceAll(/\p{N}+/gu, '0')
  return [
    `word ${word}`,
    `lower ${lower}`,
    `shape ${shape}`,
    `start ${lower.slice(0, 3)}`,
    ...[1, 2, 3, 4].map((length) => `end ${lower.slice(-length)}`),
    `before ${at(-1)}`,
    `two before ${at(-2)}`,
    `after ${at(1)}`,
    `two after ${at(2)}`,
    `before and word ${at(-1)} ${lower}`,
  ]
}

/** FNV-1a over UTF-16 code units, with its bits mixed once more, since the low ones decide. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash ^ (hash >>> 15)) >>> 0
}
