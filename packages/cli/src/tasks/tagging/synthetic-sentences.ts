import type { TaggedSentence } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'

/** The tags, and the number of their words. */
const TAGS = 6
const WORDS_PER_TAG = 30
/** The share of tokens whose word any tag may have, so that only its neighbors tell. */
const SHARED = 0.5
const SHARED_WORDS = 20
/** How much likelier the favored next tag is than any of the others together. */
const HABIT = 0.8

/**
 * Sentences of a hidden Markov model: a tag is mostly followed by one of its own, and half of the words may have any tag, so what helps is to
 * see which tags follow each other.
 *
 * @param examples - how many
 * @param seed - of lengths, tags and words
 */
export function markovSentences(examples: number, seed: number): readonly TaggedSentence[] {
  const draw = random(seed)
  const lengths = draw.uniforms([examples])
  return Array.from(lengths.data, (uniform) => {
    const length = 6 + Math.floor(uniform * 14)
    const chances = draw.uniforms([length, 4]).data
    const tags: number[] = []
    const tokens = Array.from({ length }, (_, t) => {
      const [move = 0, other = 0, kind = 0, word = 0] = chances.subarray(4 * t)
      const before = tags.at(-1)
      const tag =
        before !== undefined && move < HABIT ? (before * 2 + 1) % TAGS : Math.floor(other * TAGS)
      tags.push(tag)
      return kind < SHARED
        ? `any${Math.floor(word * SHARED_WORDS)}`
        : `${letterOf(tag)}${Math.floor(word * WORDS_PER_TAG)}`
    })
    return { tokens, tags: tags.map(letterOf) }
  })
}

function letterOf(tag: number): string {
  return String.fromCodePoint(65 + tag)
}
