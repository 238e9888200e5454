import { createHash } from 'node:crypto'
import { type ImageDataset, syntheticShapes } from '@deepstruct/datasets'
import { loadImagePairs, loadWeizmannHorses } from '@deepstruct/datasets/node'
import type { ImageSizes } from '@deepstruct/training'
import { UsageError } from '../../errors.ts'

/** The parts of a published set. */
interface PublishedImages {
  /** To train on. */
  readonly train: ImageDataset
  /** To choose settings on. */
  readonly dev: ImageDataset
  /** To test on. */
  readonly test: ImageDataset
}

/** How each set with a name is loaded; a further one is one more entry. */
const published: Readonly<
  Record<string, (options: { readonly dataDir?: string }) => Promise<PublishedImages>>
> = {
  'weizmann-horses': loadWeizmannHorses,
  // Drawn and not loaded, always the same.
  shapes: () =>
    Promise.resolve({
      train: syntheticShapes({ seed: 1, examples: 200 }),
      dev: syntheticShapes({ seed: 2, examples: 50 }),
      test: syntheticShapes({ seed: 3, examples: 200 }),
    }),
}

/** Their names. */
export const publishedNames: readonly string[] = Object.keys(published)

/**
 * Loads a published set.
 *
 * @throws {@link UsageError} when there is none of the name
 */
export async function loadPublished(
  name: string,
  options: { readonly dataDir?: string },
): Promise<PublishedImages> {
  const load = published[name]
  if (load === undefined)
    throw new UsageError(
      `the option --data is '${name}', expected one of ${publishedNames.join(', ')}; folders go to --images and --masks`,
    )
  return load(options)
}

/** Loads the pairs of two folders, in the size and the colors that a model takes. */
export async function loadPairs(
  images: string,
  masks: string,
  { height, width, channels, classes }: ImageSizes,
): Promise<ImageDataset> {
  return loadImagePairs({
    images,
    masks,
    size: { height, width },
    channels: channels === 1 ? 1 : 3,
    ...(classes !== undefined && { classes }),
  })
}

/**
 * The two folders that one option names.
 *
 * @param flag - the option, for the error
 * @param otherwise - what else the option may be, in words
 * @throws {@link UsageError} when it does not name two
 */
export function twoFolders(
  flag: string,
  value: string,
  otherwise = '',
): { readonly images: string; readonly masks: string } {
  const [images, masks, ...others] = value.split(',')
  if (!images || !masks || others.length > 0)
    throw new UsageError(
      `the option ${flag} is '${value}', expected ${otherwise}the folders IMAGES,MASKS`,
    )
  return { images, masks }
}

/** A sha256 of images and masks as they were loaded. */
export function digestOf({ images, masks }: ImageDataset): string {
  const hash = createHash('sha256')
  for (const { data, shape } of [images, masks])
    hash
      .update(shape.join(','))
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return `sha256:${hash.digest('hex')}`
}
