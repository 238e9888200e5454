import { type NDArray, ndarray, ShapeError } from '@deepstruct/tensor'
import { encodePng } from '../png.ts'
import { type ImageSize, resizeImages } from '../resize-images.ts'
import { writePng } from './write-png.ts'

/** How {@link writeMask} writes. */
export interface WriteMaskOptions {
  /** Pixels above it are white, the others black; default 0.5. */
  readonly threshold?: number
  /** The size of the file's image, for instance that of the image before it was resized; default that of the mask. */
  readonly size?: ImageSize
}

/**
 * Writes a mask as a black and white PNG that `loadImagePairs` reads. Folders that are missing are made.
 *
 * @param file - `*.png`
 * @param mask - `[height, width]` in $[0, 1]$; it is resized before the threshold is applied
 * @throws `ShapeError` when the mask has not two axes
 * @throws `DataError` when the file cannot be written
 */
export async function writeMask(
  file: string,
  mask: NDArray,
  options: WriteMaskOptions = {},
): Promise<void> {
  const { threshold = 0.5 } = options
  if (mask.shape.length !== 2)
    throw new ShapeError({
      function: 'writeMask',
      argument: 'mask',
      got: `of shape [${mask.shape.join(', ')}]`,
      expected: '[height, width]',
    })
  const [height, width] = mask.shape as [number, number]
  const size = options.size ?? { height, width }
  const { data } = resizeImages(ndarray(mask.data, [1, height, width, 1], mask.dtype), size)
  const white = Float32Array.from(data, (value) => Number(value > threshold))
  await writePng('writeMask', file, encodePng(ndarray(white, [size.height, size.width])))
}
