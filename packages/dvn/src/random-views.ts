import { DomainError, filled, type Host, type NDArray, type Random } from '@deepstruct/tensor'
import type { Labeled } from '@deepstruct/training'

/** What {@link randomViews} shows. */
export interface ViewOptions {
  /** Rows of a view. */
  readonly height: number
  /** Columns of a view. */
  readonly width: number
  /**
   * How much more or less of the image a view may show along either side, in $[0, 1)$: 0.25 is from 3/4 to 5/4 of its rows and of its columns,
   * each by itself, as far as the image reaches. Default 0.
   */
  readonly zoom?: number
  /** How much the intensity of each channel may change, in $[0, 1)$: 0.2 is by factors from 0.8 to 1.2. Default 0. */
  readonly tint?: number
}

/**
 * One part of each image, at a random place, of a random size and brought to the size of a view, mirrored with probability 1/2, in slightly other
 * colors: what a small training set is seen through. Images are interpolated, bilinearly; masks are taken along, and stay masks.
 *
 * @param batch - images `[batch, height, width, channels]` in $[0, 1]$, masks `[batch, height, width]`
 * @returns the same of the size of a view
 * @throws {@link @deepstruct/tensor!DomainError} when a share lies outside $[0, 1)$
 *
 * @example
 * ```ts
 * import { randomViews } from '@deepstruct/dvn'
 * import { filled, random } from '@deepstruct/tensor'
 *
 * const batch = { x: filled([16, 32, 32, 3], 0.5), y: filled([16, 32, 32], 1) }
 * randomViews(batch, { height: 24, width: 24, zoom: 0.2, tint: 0.2 }, random(1)).x // [16, 24, 24, 3]
 * ```
 */
export function randomViews(
  { x, y }: Host<Labeled>,
  { height, width, zoom = 0, tint = 0 }: ViewOptions,
  random: Random,
): Host<Labeled> {
  checkShare('zoom', zoom)
  checkShare('tint', tint)
  const [count = 0, rows = 0, columns = 0, channels = 0] = x.shape
  const between = (low: number, high: number): number => low + (high - low) * random.uniform()
  const side = (view: number, image: number): Side => {
    const extent = Math.min(image, view * between(1 - zoom, 1 + zoom))
    return { from: between(0, image - extent), scale: extent / view, last: image - 1 }
  }
  const images = filled([count, height, width, channels], 0)
  const masks = filled([count, height, width], 0)
  for (let example = 0; example < count; example++) {
    const [vertical, horizontal] = [side(height, rows), side(width, columns)]
    const mirrored = random.integer(2) === 1
    const gains = Array.from({ length: channels }, () => between(1 - tint, 1 + tint))
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const corners = cornersOf(
          at(vertical, row),
          at(horizontal, mirrored ? width - 1 - column : column),
        )
        const valueOf = ({ data }: NDArray, depth: number, channel: number): number =>
          corners.reduce((sum, { down, across, weight }) => {
            const pixel = (example * rows + down) * columns + across
            return sum + weight * data[pixel * depth + channel]!
          }, 0)
        const to = (example * height + row) * width + column
        masks.data[to] = Number(valueOf(y, 1, 0) >= 0.5)
        for (const [channel, gain] of gains.entries())
          images.data[to * channels + channel] = Math.min(1, gain * valueOf(x, channels, channel))
      }
  }
  return { x: images, y: masks }
}

/** The part of an image along one side. */
interface Side {
  /** Where it begins, in pixels. */
  readonly from: number
  /** Pixels of the image for each of the view. */
  readonly scale: number
  /** The last pixel of the image. */
  readonly last: number
}

/** A place of the image between two pixels: the first of them, the one after, and how far the place is from the first to it. */
function at(side: Side, index: number): { low: number; high: number; share: number } {
  const place = Math.min(Math.max(side.from + (index + 0.5) * side.scale - 0.5, 0), side.last)
  const low = Math.floor(place)
  return { low, high: Math.min(low + 1, side.last), share: place - low }
}

function cornersOf(
  row: ReturnType<typeof at>,
  column: ReturnType<typeof at>,
): readonly { readonly down: number; readonly across: number; readonly weight: number }[] {
  return [
    { down: row.low, across: column.low, weight: (1 - row.share) * (1 - column.share) },
    { down: row.low, across: column.high, weight: (1 - row.share) * column.share },
    { down: row.high, across: column.low, weight: row.share * (1 - column.share) },
    { down: row.high, across: column.high, weight: row.share * column.share },
  ]
}

function checkShare(argument: string, share: number): void {
  if (!(share >= 0 && share < 1))
    throw new DomainError({
      function: 'randomViews',
      argument,
      got: String(share),
      expected: 'a number of at least 0, below 1',
    })
}
