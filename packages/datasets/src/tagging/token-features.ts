/** What is looked at in a token; see {@link tokenFeatures}. */
export type TokenFeature = 'word' | 'suffix1' | 'suffix2' | 'suffix3' | 'shape'

/**
 * What is looked at in a token, by name. Words that training has not seen have an ending and a shape that it has: in messages, where every
 * tenth word is new, they carry most of what can be known of it.
 *
 * | name | of `Walking` | of `#MND` |
 * | --- | --- | --- |
 * | `word`: lower-cased | `walking` | `#mnd` |
 * | `suffix1`, `suffix2`, `suffix3`: the last letters, lower-cased | `g`, `ng`, `ing` | `d`, `nd`, `mnd` |
 * | `shape`: see {@link tokenShape} | `Xx` | `#` |
 */
export const tokenFeatures: Readonly<Record<TokenFeature, (token: string) => string>> = {
  word: (token) => token.toLowerCase(),
  suffix1: (token) => suffix(token, 1),
  suffix2: (token) => suffix(token, 2),
  suffix3: (token) => suffix(token, 3),
  shape: tokenShape,
}

/**
 * The shape of a token: capital letters as `X`, others as `x`, digits as `9`, everything else as it stands, and runs of one kind as one. An
 * address of the web is `url`, a mention `@`, a hashtag `#`, whatever follows.
 *
 * @example
 * ```ts
 * import { tokenShape } from '@deepstruct/datasets'
 *
 * tokenShape('iPhone') // xXx
 * tokenShape('10:30') // 9:9
 * tokenShape('!!!') // !
 * ```
 */
export function tokenShape(token: string): string {
  if (/^(https?:\/\/|www\.)./iu.test(token)) return 'url'
  if (/^@[\p{L}\p{N}_]/u.test(token)) return '@'
  if (/^#[\p{L}\p{N}_]/u.test(token)) return '#'
  return token
    .replace(/[\p{Lu}\p{Lt}]+/gu, 'X')
    .replace(/[\p{Ll}\p{Lm}\p{Lo}]+/gu, 'x')
    .replace(/\p{N}+/gu, '9')
    .replace(/(.)\1+/gsu, '$1')
}

/** The last letters; code points, so that no emoji is cut in two. */
function suffix(token: string, letters: number): string {
  return Array.from(token.toLowerCase()).slice(-letters).join('')
}
