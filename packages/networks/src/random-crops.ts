import {
  DomainError,
  filled,
  type NDArray,
  type Random,
  ShapeError,
  sizeOf,
} from '@deepstruct/tensor'
import { shapeText } from './arguments.ts'

/** What {@link randomCrops} cuts out. */
export interface CropOptions {
  /** Rows of a crop. */
  readonly height: number
  /** Columns of a crop. */
  readonly width: number
  /** Whether every other crop, at random, is mirrored left to right; default yes. */
  readonly mirror?: boolean
}

/**
 * One crop of each image at a random place, mirrored with probability 1/2: what a small training set of images is seen through. All
 * arrays of a batch, images and their masks, are cut alike.
 *
 * @param batch - arrays `[batch, height, width]` or `[batch, height, width, channels]` of one batch, height and width
 * @returns arrays `[batch, options.height, options.width, …]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the arrays differ in batch, height or width
 * @throws {@link @deepstruct/tensor!DomainError} when a crop is empty or larger than the images
 *
 * @example
 * ```ts
 * import { randomCrops } from '@deepstruct/networks'
 * import { filled, random } from '@deepstruct/tensor'
 *
 * const batch = { x: filled([16, 32, 32, 3], 0.5), y: filled([16, 32, 32], 1) }
 * const { x, y } = randomCrops(batch, { height: 24, width: 24 }, random(1)) // [16, 24, 24, 3], [16, 24, 24]
 * ```
 */
export function randomCrops<B extends Readonly<Record<string, NDArray>>>(
  batch: B,
  { height, width, mirror = true }: CropOptions,
  random: Random,
): { readonly [K in keyof B]: NDArray } {
  const arrays = Object.entries(batch)
  const [count = 0, rows = 0, columns = 0] = arrays[0]?.[1].shape ?? []
  checkAlike(arrays, [count, rows, columns])
  checkExtent('height', height, rows)
  checkExtent('width', width, columns)
  const places = Array.from({ length: count }, () => ({
    top: random.integer(rows - height + 1),
    left: random.integer(columns - width + 1),
    mirrored: mirror && random.integer(2) === 1,
  }))
  const cut = ({ data, dtype, shape }: NDArray): NDArray => {
    const pixel = shape.slice(3)
    const channels = sizeOf(pixel)
    const crops = filled([count, height, width, ...pixel], 0, dtype)
    let to = 0
    for (const [i, { top, left, mirrored }] of places.entries())
      for (let row = 0; row < height; row++)
        for (let column = 0; column < width; column++) {
          const from = left + (mirrored ? width - 1 - column : column)
          const start = ((i * rows + top + row) * columns + from) * channels
          for (let channel = 0; channel < channels; channel++)
            crops.data[to++] = data[start + channel]!
        }
    return crops
  }
  // The keys are those of the batch.
  return Object.fromEntries(arrays.map(([name, array]) => [name, cut(array)])) as {
    [K in keyof B]: NDArray
  }
}

function checkAlike(arrays: readonly [string, NDArray][], extents: readonly number[]): void {
  for (const [name, { shape }] of arrays)
    if (shape.length < 3 || extents.some((extent, axis) => shape[axis] !== extent))
      throw new ShapeError({
        function: 'randomCrops',
        argument: `batch.${name}`,
        got: `of shape ${shapeText(shape)}`,
        expected: `${shapeText([...extents, '…'])}, as the first array`,
        why: 'images and masks are cut alike',
      })
}

function checkExtent(argument: string, extent: number, available: number): void {
  if (!(Number.isInteger(extent) && extent >= 1 && extent <= available))
    throw new DomainError({
      function: 'randomCrops',
      argument,
      got: String(extent),
      expected: `an integer from 1 to ${available}`,
      why: 'a crop is a part of the image',
    })
}
