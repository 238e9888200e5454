import { DomainError, type NDArray, ndarray } from '@deepstruct/tensor'
import type { Dataset } from '../multilabel.ts'
import { quoted } from '../place.ts'
import { paddedLength } from './padded-length.ts'
import type { TaggedSentence } from './tagged-sentence.ts'
import { tokenEncoder, type TokenVocabulary } from './vocabulary.ts'

/** Tagged sentences as arrays of one length. A type and not an interface, so that it is a tree of arrays. */
export type TagBatch = {
  /** Ids of the tokens, int32 `[batch, length, columns]`, 0 beyond the end of a sentence. */
  readonly x: NDArray
  /** The tags, float32 `[batch, length, tags]`, one-hot, and 0 beyond the end of a sentence. */
  readonly y: NDArray
}

/** Sentences whose tokens each carry a tag. */
export interface TaggedDataset extends Dataset<TagBatch> {
  /** The sentences. */
  readonly sentences: readonly TaggedSentence[]
  /** What the ids of each column stand for. */
  readonly vocabularies: readonly TokenVocabulary[]
  /** The name of each tag. */
  readonly tagNames: readonly string[]
  subset(rows: ArrayLike<number>): TaggedDataset
}

/** What a {@link TaggedDataset} is made of. */
export interface TaggedParts {
  /** The sentences. */
  readonly sentences: readonly TaggedSentence[]
  /** What the ids of each column stand for, as training has found it. */
  readonly vocabularies: readonly TokenVocabulary[]
  /** The name of each tag, in the order of the outputs. */
  readonly tagNames: readonly string[]
  /** The lengths that batches are padded to, rising; see {@link paddedLength}. */
  readonly lengths?: readonly number[]
}

/**
 * A data set of tagged sentences. A batch is padded to the first of a few lengths that all of it fits into, so that a compiled model sees
 * few shapes, and nothing is ever cut off: {@link paddedLength}.
 *
 * @throws `DomainError` when a sentence has no token or another number of tags, or a tag has no name in `tagNames`
 *
 * @example
 * ```ts
 * import { fitVocabularies, parseConll, tagNamesOf, taggedDataset } from '@deepstruct/datasets'
 *
 * const sentences = parseConll('so\tR\nfar\tR\n\nlol\t!\n')
 * const vocabularies = fitVocabularies(sentences, { features: ['word', 'suffix1'] })
 * const dataset = taggedDataset({ sentences, vocabularies, tagNames: tagNamesOf(sentences) })
 * const { x, y } = dataset.batch([0, 1]) // x: [2, 8, 2], y: [2, 8, 2]
 * ```
 */
export function taggedDataset(parts: TaggedParts): TaggedDataset {
  const { sentences, vocabularies, tagNames, lengths } = parts
  const encode = tokenEncoder(vocabularies)
  const tagIds = new Map(tagNames.map((name, id) => [name, id]))
  const encoded = sentences.map(({ tokens, tags }, i): EncodedSentence => {
    if (tokens.length === 0 || tokens.length !== tags.length)
      throw refuse(
        `sentences[${i}]`,
        `${tokens.length} tokens and ${tags.length} tags`,
        'one tag for each of at least one token',
      )
    return {
      ids: encode(tokens),
      tags: tags.map((tag, t) => {
        const id = tagIds.get(tag)
        if (id !== undefined) return id
        throw refuse(
          `sentences[${i}].tags[${t}]`,
          quoted(tag),
          `one of ${tagNames.map(quoted).join(', ')}`,
        )
      }),
    }
  })
  const shape = { columns: vocabularies.length, tags: tagNames.length, lengths }
  const view = (
    shown: readonly TaggedSentence[],
    arrays: readonly EncodedSentence[],
  ): TaggedDataset => ({
    sentences: shown,
    vocabularies,
    tagNames,
    size: shown.length,
    batch: (rows) => padded(picked(arrays, rows), shape),
    subset: (rows) => view(picked(shown, rows), picked(arrays, rows)),
  })
  return view(sentences, encoded)
}

/** The tags that sentences have, sorted by code point. */
export function tagNamesOf(sentences: readonly TaggedSentence[]): readonly string[] {
  return [...new Set(sentences.flatMap(({ tags }) => tags))].toSorted()
}

interface EncodedSentence {
  readonly ids: Int32Array
  readonly tags: readonly number[]
}

function picked<T>(list: readonly T[], rows: ArrayLike<number>): readonly T[] {
  return Array.from(rows, (row) => list[row] as T)
}

function padded(
  sentences: readonly EncodedSentence[],
  shape: {
    readonly columns: number
    readonly tags: number
    readonly lengths: readonly number[] | undefined
  },
): TagBatch {
  const { columns, tags } = shape
  const length = paddedLength(
    sentences.map((sentence) => sentence.tags.length),
    shape.lengths,
  )
  const x = new Int32Array(sentences.length * length * columns)
  const y = new Float32Array(sentences.length * length * tags)
  for (const [row, sentence] of sentences.entries()) {
    x.set(sentence.ids, row * length * columns)
    for (const [t, tag] of sentence.tags.entries()) y[(row * length + t) * tags + tag] = 1
  }
  return {
    x: ndarray(x, [sentences.length, length, columns]),
    y: ndarray(y, [sentences.length, length, tags]),
  }
}

function refuse(argument: string, got: string, expected: string): DomainError {
  return new DomainError({ function: 'taggedDataset', argument, got, expected })
}
