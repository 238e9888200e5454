/** The lengths that batches of sentences are padded to. */
const LENGTHS: readonly number[] = [8, 16, 32, 48, 64, 96, 128]

/**
 * The length that a batch of sentences is padded to: the first of a few that all of them fit into, so that a compiled model sees few shapes.
 * Sentences longer than all of them have their own length: nothing is cut off.
 *
 * @param sentences - their lengths
 * @param lengths - those to choose from, rising; default 8, 16, 32, 48, 64, 96, 128
 */
export function paddedLength(
  sentences: readonly number[],
  lengths: readonly number[] = LENGTHS,
): number {
  const longest = sentences.reduce((most, length) => Math.max(most, length), 1)
  return lengths.find((length) => length >= longest) ?? longest
}
