import { type ImageDataset, imageDataset } from '@deepstruct/datasets'
import { filled, random } from '@deepstruct/tensor'

/**
 * Images of one tilted ellipse each, so noisy that a pixel alone says little of whether it belongs to the ellipse: what helps is that
 * the object is in one piece.
 *
 * @param examples - how many
 * @param size - height and width
 * @param seed - of positions, sizes and noise
 */
export function ellipses(examples: number, size: number, seed: number): ImageDataset {
  const draw = random(seed)
  const noise = draw.normals([examples, size, size, 1], 0, NOISE)
  const places = draw.uniforms([examples, 5])
  const images = filled([examples, size, size, 1], 0)
  const masks = filled([examples, size, size], 0)
  for (let at = 0; at < images.data.length; at++) {
    const example = Math.floor(at / size ** 2)
    const [x = 0, y = 0, long = 0, flat = 0, angle = 0] = places.data.subarray(5 * example)
    const [row, column] = [Math.floor((at % size ** 2) / size), at % size]
    const [down, right] = [row / size - 0.35 - 0.3 * y, column / size - 0.35 - 0.3 * x]
    const turn = Math.PI * angle
    const along = right * Math.cos(turn) + down * Math.sin(turn)
    const across = down * Math.cos(turn) - right * Math.sin(turn)
    const radius = 0.2 + 0.15 * long
    const inside = (along / radius) ** 2 + (across / (radius * (0.4 + 0.6 * flat))) ** 2 < 1
    masks.data[at] = inside ? 1 : 0
    const brightness = (inside ? 0.6 : 0.4) + (noise.data[at] as number)
    images.data[at] = Math.min(1, Math.max(0, brightness))
  }
  return imageDataset({ images, masks })
}

/** The deviation of the noise; the object is brighter by 0.2. */
const NOISE = 0.2
