/** A sentence as its tokens, each with a tag. */
export interface TaggedSentence {
  /** The tokens, as they stand in the text. */
  readonly tokens: readonly string[]
  /** The tag of each token. */
  readonly tags: readonly string[]
}
