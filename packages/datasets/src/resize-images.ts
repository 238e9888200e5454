import { DomainError, type NDArray, ndarray, ShapeError } from '@deepstruct/tensor'

/** Rows and columns. */
export interface ImageSize {
  /** Rows. */
  readonly height: number
  /** Columns. */
  readonly width: number
}

/**
 * Images in another size. Along a side that shrinks, a pixel is the mean of the area that it covers, so that nothing is skipped; along a
 * side that grows, it is interpolated linearly between the centers of the nearest two. The proportions may change.
 *
 * @param images - `[batch, height, width, channels]`
 * @param size - of the result
 * @returns `[batch, size.height, size.width, channels]`
 * @throws `ShapeError` when the images have not four axes, or no pixels
 * @throws `DomainError` when an extent is no positive integer
 */
export function resizeImages(images: NDArray, { height, width }: ImageSize): NDArray {
  const [batch, rows, columns, channels] = images.shape as [number, number, number, number]
  if (images.shape.length !== 4 || rows * columns === 0)
    throw new ShapeError({
      function: 'resizeImages',
      argument: 'images',
      got: `of shape [${images.shape.join(', ')}]`,
      expected: '[batch, height, width, channels]',
    })
  for (const [argument, extent] of Object.entries({ height, width }))
    if (!(Number.isSafeInteger(extent) && extent >= 1))
      throw new DomainError({
        function: 'resizeImages',
        argument,
        got: String(extent),
        expected: 'a positive integer',
      })
  if (rows === height && columns === width) return images
  const tall = resizeAxis(images.data, batch, rows, columns * channels, height)
  const data = resizeAxis(tall, batch * height, columns, channels, width)
  return ndarray(Float32Array.from(data), [batch, height, width, channels])
}

/** An array `[outer, from, inner]` as `[outer, to, inner]`. */
function resizeAxis(
  data: ArrayLike<number>,
  outer: number,
  from: number,
  inner: number,
  to: number,
): Float64Array {
  const resized = new Float64Array(outer * to * inner)
  for (let target = 0; target < to; target++)
    for (const { source, weight } of sources(from, to, target))
      for (let o = 0; o < outer; o++)
        for (let i = 0; i < inner; i++)
          resized[(o * to + target) * inner + i]! += weight * data[(o * from + source) * inner + i]!
  return resized
}

/** What an element of the resized axis is a mean of; the weights sum to 1. */
function sources(from: number, to: number, target: number): { source: number; weight: number }[] {
  if (to < from) {
    const [begin, end] = [(target * from) / to, ((target + 1) * from) / to]
    const first = Math.floor(begin)
    return Array.from({ length: Math.min(Math.ceil(end), from) - first }, (_, i) => {
      const source = first + i
      const covered = Math.min(source + 1, end) - Math.max(source, begin)
      return { source, weight: covered / (end - begin) }
    })
  }
  const center = Math.min(Math.max(((target + 0.5) * from) / to - 0.5, 0), from - 1)
  const low = Math.floor(center)
  const high = Math.min(low + 1, from - 1)
  return [
    { source: low, weight: 1 - (center - low) },
    { source: high, weight: center - low },
  ]
}
