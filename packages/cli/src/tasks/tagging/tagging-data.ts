import { createHash } from 'node:crypto'
import type { TaggedSentence } from '@deepstruct/datasets'
import {
  loadEnglishWebTreebank,
  loadTagged,
  loadTwitterPos,
  type TaggedSplit,
} from '@deepstruct/datasets/node'
import { z } from 'zod'

/** How each published set is loaded; a further one is one more entry. */
const published: ReadonlyMap<
  string,
  (options: { readonly dataDir?: string }) => Promise<TaggedSplit>
> = new Map([
  ['twitter-pos', loadTwitterPos],
  ['ud-english-ewt', loadEnglishWebTreebank],
])

/** Their names. */
export const publishedNames: readonly string[] = [...published.keys()]

/** Which tags of a file in CoNLL-U are meant. */
export const tagsOption: z.ZodDefault<z.ZodEnum<{ upos: 'upos'; xpos: 'xpos' }>> = z
  .enum(['upos', 'xpos'])
  .default('upos')
  .describe('which tags of CoNLL-U: universal ones, or those of the language')

/**
 * Loads a published set, if there is one of the name.
 *
 * @throws {@link @deepstruct/tensor!DataError} when a file of it is missing
 */
export async function loadPublished(
  name: string,
  dataDir: string | undefined,
): Promise<TaggedSplit | undefined> {
  return published.get(name)?.(dataDir === undefined ? {} : { dataDir })
}

/** Loads the sentences of a file. */
export async function loadSentences(
  file: string,
  tags: 'upos' | 'xpos',
): Promise<readonly TaggedSentence[]> {
  return loadTagged(file, { tags })
}

/** A sha256 of sentences as they were loaded. */
export function digestOf(sentences: readonly TaggedSentence[]): string {
  const hash = createHash('sha256')
  for (const sentence of sentences) hash.update(JSON.stringify(sentence))
  return `sha256:${hash.digest('hex')}`
}
