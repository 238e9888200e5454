import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { DataError, type NDArray, ndarray } from '@deepstruct/tensor'
import { type ImageDataset, imageDataset } from '../images.ts'
import { parseClassMask, parseMask, parsePng } from '../png.ts'
import { type ImageSize, resizeImages } from '../resize-images.ts'
import { readBytes } from './files.ts'
import { matchPairs } from './match-pairs.ts'

/** How images are loaded. */
export interface LoadImagesOptions {
  /** What all images are resized to: a square of so many pixels, or height and width. Default their own size, if they have one size. */
  readonly size?: number | ImageSize
  /** 3 for color (the default), 1 for brightness. */
  readonly channels?: 1 | 3
}

/** What {@link loadImagePairs} reads. */
export interface LoadImagePairsOptions extends LoadImagesOptions {
  /** The folder of the images, `*.png`. */
  readonly images: string
  /** The folder of the masks, `*.png`, matched by name or by number. */
  readonly masks: string
  /** The number of classes, where the value of a mask's pixel is its class; left out, masks are black and one other value. */
  readonly classes?: number
}

/** Images from a folder. */
export interface LoadedImages {
  /** `[images, height, width, channels]` in $[0, 1]$. */
  readonly images: NDArray
  /** The names of the files, in the order of the images. */
  readonly names: readonly string[]
  /** What size each file had. */
  readonly sizes: readonly ImageSize[]
}

/**
 * Loads the PNG images of a folder, for a model to predict masks of.
 *
 * @param folder - its files `*.png`, sorted by name with numbers in their order
 * @throws `DataError` when there is none, one is unreadable, or they differ in size and no size is given
 */
export async function loadImages(
  folder: string,
  options: LoadImagesOptions = {},
): Promise<LoadedImages> {
  const names = await pngFiles('loadImages', folder)
  const files = names.map((name) => join(folder, name))
  const images: NDArray[] = []
  for (const file of files) images.push(parsePng(await readBytes(file), { ...options, file }))
  const sizes = images.map(sizeOfImage)
  const size = commonSize('loadImages', files, sizes, options.size)
  return { images: stacked(images, size), names, sizes }
}

/**
 * Loads images and their masks from two folders of PNG files. Images may differ in size, each is as large as its mask, and all are
 * resized. A pixel of a resized mask is 1 where at least half of what it covers is; of several classes it has the one that covers most of it.
 *
 * @throws `DataError` that names the file: an empty folder, a file without a partner, an unreadable one, a mask of another size than its
 * image, a mask of more than two values or of a class that there is not, or images of several sizes where no size is given
 */
export async function loadImagePairs(options: LoadImagePairsOptions): Promise<ImageDataset> {
  const { classes } = options
  const folders = { images: options.images, masks: options.masks }
  const pairs = matchPairs(
    await pngFiles('loadImagePairs', folders.images),
    await pngFiles('loadImagePairs', folders.masks),
    folders,
  )
  const images: NDArray[] = []
  const masks: NDArray[] = []
  for (const pair of pairs) {
    const [file, maskFile] = [join(folders.images, pair.image), join(folders.masks, pair.mask)]
    const image = parsePng(await readBytes(file), { ...options, file })
    const bytes = await readBytes(maskFile)
    const mask =
      classes === undefined
        ? parseMask(bytes, { file: maskFile })
        : parseClassMask(bytes, { file: maskFile, classes })
    if (textOf(sizeOfImage(image)) !== textOf(sizeOfImage(mask)))
      throw new DataError({
        function: 'loadImagePairs',
        argument: 'mask',
        got: `of ${textOf(sizeOfImage(mask))} pixels`,
        expected: `${textOf(sizeOfImage(image))}, as its image ${pair.image}`,
        file: maskFile,
      })
    images.push(image)
    masks.push(ndarray(mask.data, [...mask.shape.slice(0, 2), classes ?? 1]))
  }
  const files = pairs.map(({ image }) => join(folders.images, image))
  const size = commonSize('loadImagePairs', files, images.map(sizeOfImage), options.size)
  const shares = stacked(masks, size)
  return imageDataset({
    images: stacked(images, size),
    masks:
      classes !== undefined
        ? largestShares(shares, classes)
        : ndarray(
            // A share of one half, as 1/3 + 1/6, may come out a little less.
            Float32Array.from(shares.data, (share) => Number(share > 0.5 - 1e-6)),
            [masks.length, size.height, size.width],
          ),
    names: pairs.map(({ image }) => image),
  })
}

/** The class with the largest share of each pixel, the first one at a tie, one-hot. */
function largestShares({ data, shape }: NDArray, classes: number): NDArray {
  const largest = new Float32Array(data.length)
  for (let start = 0; start < data.length; start += classes) {
    let best = 0
    // Shares of one size may differ in their last digit.
    for (let k = 1; k < classes; k++) if (data[start + k]! > data[start + best]! + 1e-6) best = k
    largest[start + best] = 1
  }
  return ndarray(largest, shape)
}

/** The PNG files of a folder, sorted. */
async function pngFiles(name: string, folder: string): Promise<string[]> {
  const refuse = (got: string, cause?: unknown): DataError =>
    new DataError({
      function: name,
      argument: 'folder',
      got,
      expected: 'a folder with PNG files',
      file: folder,
      ...(cause !== undefined && { cause }),
    })
  const entries = await readdir(folder).catch((cause: unknown) => {
    throw refuse(`unreadable (${cause instanceof Error ? cause.message : String(cause)})`, cause)
  })
  const files = entries.filter((entry) => /\.png$/i.test(entry) && !entry.startsWith('.'))
  if (files.length === 0) throw refuse('without any *.png')
  return files.toSorted(new Intl.Collator('en', { numeric: true }).compare)
}

function sizeOfImage({ shape }: NDArray): ImageSize {
  return { height: shape[0] as number, width: shape[1] as number }
}

function textOf({ height, width }: ImageSize): string {
  return `${height} × ${width}`
}

/** The size that all get. */
function commonSize(
  name: string,
  files: readonly string[],
  sizes: readonly ImageSize[],
  chosen: number | ImageSize | undefined,
): ImageSize {
  if (chosen !== undefined)
    return typeof chosen === 'number' ? { height: chosen, width: chosen } : chosen
  const first = sizes[0]!
  const other = sizes.findIndex((size) => textOf(size) !== textOf(first))
  if (other !== -1)
    throw new DataError({
      function: name,
      argument: 'image',
      got: `of ${textOf(sizes[other]!)} pixels`,
      expected: `${textOf(first)} as the first image, or the option size`,
      why: 'a batch has one size',
      file: files[other]!,
    })
  return first
}

/** Images `[height, width, channels]` of any size as `[images, size.height, size.width, channels]`. */
function stacked(images: readonly NDArray[], size: ImageSize): NDArray {
  const channels = images[0]!.shape[2] as number
  const width = size.height * size.width * channels
  const all = new Float32Array(images.length * width)
  for (const [i, { data, shape }] of images.entries())
    all.set(resizeImages(ndarray(data, [1, ...shape]), size).data, i * width)
  return ndarray(all, [images.length, size.height, size.width, channels])
}
