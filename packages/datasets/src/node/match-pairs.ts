import { parse } from 'node:path'
import { DataError } from '@deepstruct/tensor'

/** An image file and its mask file. */
export interface ImagePair {
  /** The name of the image file. */
  readonly image: string
  /** The name of the mask file. */
  readonly mask: string
}

/**
 * Pairs image files with mask files: by their name without ending where any image has a mask of its name, else by the last number in
 * the name (`image-7.png` and `mask-007.png`).
 *
 * @param images - names of files
 * @param masks - names of files
 * @param folders - of both, for messages
 * @returns the pairs in the order of the images
 * @throws `DataError` when a file has no partner, or two files have the same number
 */
export function matchPairs(
  images: readonly string[],
  masks: readonly string[],
  folders: { readonly images: string; readonly masks: string },
): readonly ImagePair[] {
  const stem = (name: string): string => parse(name).name
  const stems = new Set(images.map(stem))
  const byName = masks.some((mask) => stems.has(stem(mask)))
  const keyOf = byName ? stem : lastNumber
  const how = byName ? 'name' : 'number'
  const imageOf = keyed(images, keyOf, how, folders.images)
  const maskOf = keyed(masks, keyOf, how, folders.masks)
  const alone = (
    some: ReadonlyMap<string, string>,
    others: ReadonlyMap<string, string>,
  ): string[] => [...some].flatMap(([key, name]) => (others.has(key) ? [] : [name]))
  refuseAlone(
    alone(imageOf, maskOf),
    `a mask of the same ${how} in ${folders.masks}`,
    folders.images,
  )
  refuseAlone(
    alone(maskOf, imageOf),
    `an image of the same ${how} in ${folders.images}`,
    folders.masks,
  )
  return [...imageOf].map(([key, image]) => ({ image, mask: maskOf.get(key)! }))
}

/** The last number in a name, without leading zeros. */
function lastNumber(name: string): string | undefined {
  const digits = /(\d+)\D*$/.exec(parse(name).name)?.[1]
  return digits === undefined ? undefined : String(BigInt(digits))
}

function keyed(
  names: readonly string[],
  keyOf: (name: string) => string | undefined,
  how: string,
  folder: string,
): Map<string, string> {
  const nameOf = new Map<string, string>()
  for (const name of names) {
    const key = keyOf(name)
    if (key === undefined)
      throw unmatched(`${name} without a number`, 'a number, or the name of its partner', folder)
    const other = nameOf.get(key)
    if (other !== undefined)
      throw unmatched(`${other} and ${name}, both of the ${how} ${key}`, 'one of them', folder)
    nameOf.set(key, name)
  }
  return nameOf
}

function refuseAlone(names: readonly string[], partner: string, folder: string): void {
  if (names.length === 0) return
  const more = names.length > 3 ? ` and ${names.length - 3} more` : ''
  throw unmatched(`${names.slice(0, 3).join(', ')}${more} without a partner`, partner, folder)
}

function unmatched(got: string, expected: string, file: string): DataError {
  return new DataError({ function: 'matchPairs', argument: 'files', got, expected, file })
}
