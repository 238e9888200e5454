import { DomainError } from '@deepstruct/tensor'
import type { TaggedSentence } from './tagged-sentence.ts'
import { type TokenFeature, tokenFeatures } from './token-features.ts'

/** The id of padding, beyond the end of a sentence. */
export const PADDING_ID = 0
/** The id of what is not in a vocabulary. */
export const UNKNOWN_ID = 1
/** The id of the first value of a vocabulary. */
const FIRST_ID = 2

/** What the ids of one column of tokens stand for. */
export interface TokenVocabulary {
  /** What is looked at in a token. */
  readonly feature: TokenFeature
  /** What has the ids from 2 on; 0 is padding, and 1 what is not in the list. */
  readonly values: readonly string[]
}

/** How {@link fitVocabularies} chooses. */
export interface VocabularyOptions {
  /** What is looked at in a token, one column of ids each; the default is all of {@link tokenFeatures}, the word first. */
  readonly features?: readonly TokenFeature[]
  /** How often something must occur to have an id; default 2, so that training meets what it does not know. */
  readonly minCount?: number
  /** The most values of one vocabulary, the most frequent ones; default 20,000. */
  readonly maxSize?: number
}

/**
 * The vocabularies of training sentences: for each feature its values that are frequent enough, the most frequent first, and by code point
 * where two are equally frequent.
 *
 * @throws `DomainError` when there is no feature, or an option is no positive integer
 *
 * @example
 * ```ts
 * import { fitVocabularies, parseConll } from '@deepstruct/datasets'
 *
 * const sentences = parseConll('so\tR\nfar\tR\n\nSo\tR\n')
 * fitVocabularies(sentences, { features: ['word'] }) // [{ feature: 'word', values: ['so'] }]
 * ```
 */
export function fitVocabularies(
  sentences: readonly TaggedSentence[],
  options: VocabularyOptions = {},
): readonly TokenVocabulary[] {
  const {
    features = Object.keys(tokenFeatures) as TokenFeature[],
    minCount = 2,
    maxSize = 20_000,
  } = options
  if (features.length === 0) throw refuse('features', 'empty', 'at least one')
  for (const [name, value] of Object.entries({ minCount, maxSize }))
    if (!Number.isInteger(value) || value < 1) throw refuse(name, String(value), '1, 2, …')
  return features.map((feature) => {
    const counts = new Map<string, number>()
    for (const { tokens } of sentences)
      for (const token of tokens) {
        const value = tokenFeatures[feature](token)
        counts.set(value, (counts.get(value) ?? 0) + 1)
      }
    const values = [...counts]
      .filter(([, count]) => count >= minCount)
      .toSorted(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
      .slice(0, maxSize)
      .map(([value]) => value)
    return { feature, values }
  })
}

/** How many ids each vocabulary has, with padding and unknown: the `columns` of a tagging problem. */
export function vocabularySizes(vocabularies: readonly TokenVocabulary[]): readonly number[] {
  return vocabularies.map(({ values }) => values.length + FIRST_ID)
}

/**
 * From tokens to ids, row by row: `[length, columns]` as one list. No token has the id 0.
 *
 * @param vocabularies - one for each column
 */
export function tokenEncoder(
  vocabularies: readonly TokenVocabulary[],
): (tokens: readonly string[]) => Int32Array {
  const columns = vocabularies.map(({ feature, values }) => ({
    valueOf: tokenFeatures[feature],
    ids: new Map(values.map((value, i) => [value, i + FIRST_ID])),
  }))
  return (tokens) =>
    Int32Array.from(
      tokens.flatMap((token) =>
        columns.map(({ valueOf, ids }) => ids.get(valueOf(token)) ?? UNKNOWN_ID),
      ),
    )
}

function refuse(argument: string, got: string, expected: string): DomainError {
  return new DomainError({ function: 'fitVocabularies', argument, got, expected })
}
