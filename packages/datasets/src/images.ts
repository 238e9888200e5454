import { DomainError, type NDArray, ndarray, ShapeError, sizeOf } from '@deepstruct/tensor'
import type { Dataset } from './multilabel.ts'

/** Images with their masks as dense float32 arrays. A type and not an interface, so that it is a tree of arrays. */
export type ImageBatch = {
  /** The images, `[batch, height, width, channels]` in $[0, 1]$. */
  readonly x: NDArray
  /** The masks, `[batch, height, width]`, each pixel 0 or 1; of several classes `[batch, height, width, classes]`, one-hot. */
  readonly y: NDArray
}

/** Images of one size that each carry a mask. */
export interface ImageDataset extends Dataset<ImageBatch> {
  /** The images, `[examples, height, width, channels]` in $[0, 1]$. */
  readonly images: NDArray
  /** The masks, `[examples, height, width]`: 1 where the object is; of several classes `[examples, height, width, classes]`, one-hot. */
  readonly masks: NDArray
  /** The name of each example, that of its image file where there is one. */
  readonly names: readonly string[]
  /** Rows of an image. */
  readonly height: number
  /** Columns of an image. */
  readonly width: number
  /** Channels of an image, for instance 3. */
  readonly channels: number
  /** The classes of pixels, where there are several. */
  readonly classes?: number
  subset(rows: ArrayLike<number>): ImageDataset
}

/** What an {@link ImageDataset} is made of. */
export interface ImageParts {
  /** The images, float32 `[examples, height, width, channels]` in $[0, 1]$. */
  readonly images: NDArray
  /** The masks, float32 `[examples, height, width]`, each pixel 0 or 1; of several classes `[examples, height, width, classes]`, one-hot. */
  readonly masks: NDArray
  /** The name of each example; default its number. */
  readonly names?: readonly string[]
}

/**
 * A data set of images with masks over arrays that are already in memory; they are not copied.
 *
 * @throws `ShapeError` when images, masks and names do not match
 * @throws `DomainError` when a pixel of an image is outside $[0, 1]$, one of a mask is neither 0 nor 1, or has not one class
 *
 * @example
 * ```ts
 * import { imageDataset } from '@deepstruct/datasets'
 * import { filled } from '@deepstruct/tensor'
 *
 * const dataset = imageDataset({ images: filled([10, 32, 32, 3], 0.5), masks: filled([10, 32, 32], 1) })
 * const { x, y } = dataset.batch([2, 0]) // x: [2, 32, 32, 3], y: [2, 32, 32]
 * ```
 */
export function imageDataset(parts: ImageParts): ImageDataset {
  const { images, masks } = parts
  const [examples = 0, height, width] = images.shape
  if (images.shape.length !== 4)
    throw mismatch('images', `of shape ${text(images)}`, '[examples, height, width, channels]')
  const classes = masks.shape.length === 4 ? masks.shape[3] : undefined
  if (masks.shape.slice(0, 3).join() !== [examples, height, width].join() || (classes ?? 2) < 2)
    throw mismatch(
      'masks',
      `of shape ${text(masks)}`,
      `[${examples}, ${height}, ${width}], or with a last axis of two classes or more`,
    )
  const names = parts.names ?? Array.from({ length: examples }, (_, i) => String(i))
  if (names.length !== examples)
    throw mismatch('names', `${names.length} names`, `${examples}, one for each image`)
  // Written so that NaN fails.
  const wrongPixel = images.data.find((value) => !(value >= 0 && value <= 1))
  if (wrongPixel !== undefined) throw outside('images', wrongPixel, 'brightness from 0 to 1')
  const wrongMask = masks.data.find((value) => value !== 0 && value !== 1)
  if (wrongMask !== undefined) throw outside('masks', wrongMask, 'only 0 and 1')
  if (classes !== undefined) checkOneHot(masks, classes)
  return view(images, masks, names)
}

function view(images: NDArray, masks: NDArray, names: readonly string[]): ImageDataset {
  const [size, height, width, channels] = images.shape as [number, number, number, number]
  const [, , , classes] = masks.shape
  return {
    images,
    masks,
    names,
    size,
    height,
    width,
    channels,
    ...(classes !== undefined && { classes }),
    batch: (rows) => ({ x: pick(images, rows), y: pick(masks, rows) }),
    subset: (rows) =>
      view(
        pick(images, rows),
        pick(masks, rows),
        Array.from(rows, (row) => names[row] as string),
      ),
  }
}

function checkOneHot({ data }: NDArray, classes: number): void {
  for (let start = 0; start < data.length; start += classes) {
    let count = 0
    for (let k = 0; k < classes; k++) count += data[start + k]!
    if (count === 1) continue
    throw new DomainError({
      function: 'imageDataset',
      argument: 'masks',
      got: `a pixel of ${count} classes`,
      expected: 'exactly one class at each pixel',
    })
  }
}

function pick({ data, shape }: NDArray, rows: ArrayLike<number>): NDArray {
  const row = shape.slice(1)
  const width = sizeOf(row)
  const picked = new Float32Array(rows.length * width)
  for (let i = 0; i < rows.length; i++) {
    const start = (rows[i] as number) * width
    picked.set(data.subarray(start, start + width), i * width)
  }
  return ndarray(picked, [rows.length, ...row])
}

function text({ shape }: NDArray): string {
  return `[${shape.join(', ')}]`
}

function mismatch(argument: string, got: string, expected: string): ShapeError {
  return new ShapeError({ function: 'imageDataset', argument, got, expected })
}

function outside(argument: string, value: number, expected: string): DomainError {
  return new DomainError({
    function: 'imageDataset',
    argument,
    got: `an array with the value ${value}`,
    expected,
  })
}
