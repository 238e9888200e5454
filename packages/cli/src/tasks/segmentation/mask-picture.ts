import { type NDArray, ndarray } from '@deepstruct/tensor'
import type { Html } from '../../report/html.ts'
import { palette } from '../../report/plot.ts'
import { picture } from './pictures.ts'

/**
 * A mask or scores as a picture: of one object, `[height, width]`, from black to white; of several classes, `[height, width, classes]`, each class in
 * a color of its own, the first one black, mixed by the scores.
 *
 * @param shownWidth - in CSS pixels
 */
export function maskPicture(mask: NDArray, shownWidth?: number): Html {
  const [height = 0, width = 0, classes] = mask.shape
  if (classes === undefined) return picture(mask, shownWidth)
  const pixels = new Float32Array(height * width * 3)
  for (let pixel = 0; pixel < height * width; pixel++)
    for (let kind = 1; kind < classes; kind++) {
      const color = palette[(kind - 1) % palette.length] as string
      const score = mask.data[pixel * classes + kind] as number
      for (let channel = 0; channel < 3; channel++) {
        const level = Number.parseInt(color.slice(1 + 2 * channel, 3 + 2 * channel), 16) / 255
        pixels[3 * pixel + channel]! += score * level
      }
    }
  return picture(ndarray(pixels, [height, width, 3]), shownWidth)
}
