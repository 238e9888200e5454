import { DomainError, filled, type NDArray, type Random, random } from '@deepstruct/tensor'
import { type ImageDataset, imageDataset } from './images.ts'
import { classMap, type ClassMap, componentsOf, neighborsOf } from './class-map.ts'

/** What {@link syntheticShapes} makes. */
export interface SyntheticShapesOptions {
  /** Where all random numbers come from; the same seed gives the same images. */
  readonly seed: number
  /** The number of images; default 400. */
  readonly examples?: number
  /** Rows and columns of an image, 16 or more; default 32. */
  readonly size?: number
  /** The standard deviation of the noise on every pixel; default 0.15. */
  readonly noise?: number
  /** Patches of fog that hide what is behind them, for each image; default 2. */
  readonly fog?: number
}

/** The classes of {@link syntheticShapes}, in the order of the last axis. */
export const shapeClasses: readonly string[] = ['ground', 'disc', 'ring', 'bar']

const [DISC, RING, BAR] = [1, 2, 3] as const
/** A disc is as bright as the ground, a bar as bright as a ring: what tells them apart is where they are. */
const BRIGHTNESS = [0.3, 0.3, 0.7, 0.7] as const
/** The brightness of fog. */
const FOG = 0.5

/**
 * Images whose masks have four classes and laws that hold without exception: a ring encloses one disc, discs touch nothing but their ring,
 * rings stay off the border and apart from each other, and a bar runs from border to border, behind rings.
 *
 * Brightness alone says little: a disc is as bright as the ground, a bar as bright as a ring, both under noise, and patches of fog hide
 * parts that the mask has all the same. So masks that break a law, which {@link shapeProblem} names, show what a model has not understood.
 *
 * @returns images `[examples, size, size, 1]`, masks `[examples, size, size, 4]`, one-hot, in the order of {@link shapeClasses}
 * @throws `DomainError` when an option is out of range
 *
 * @example
 * ```ts
 * import { impossibleShare, syntheticShapes } from '@deepstruct/datasets'
 *
 * const shapes = syntheticShapes({ seed: 1, examples: 100 })
 * impossibleShare(shapes.masks) // 0
 * ```
 */
export function syntheticShapes(options: SyntheticShapesOptions): ImageDataset {
  const { seed, examples = 400, size = 32, noise = 0.15, fog = 2 } = options
  checkInteger('examples', examples, 1)
  checkInteger('size', size, 16)
  checkInteger('fog', fog, 0)
  if (!(noise >= 0 && noise < Infinity)) throw refused('noise', noise, 'a number from 0 up')
  const draw = random(seed)
  const images = filled([examples, size, size, 1], 0)
  const masks = filled([examples, size, size, shapeClasses.length], 0)
  for (let example = 0; example < examples; example++) {
    const classes = scene(size, draw)
    const hidden = foggy(size, fog, draw)
    for (let at = 0; at < size * size; at++) {
      const pixel = example * size * size + at
      const kind = classes[at]!
      const brightness = (hidden[at] === 1 ? FOG : BRIGHTNESS[kind as 0]) + noise * draw.normal()
      images.data[pixel] = Math.min(1, Math.max(0, brightness))
      masks.data[pixel * shapeClasses.length + kind] = 1
    }
  }
  return imageDataset({ images, masks })
}

/**
 * The law of {@link syntheticShapes} that a mask breaks.
 *
 * @param mask - `[height, width, 4]`, one-hot or scores; each pixel counts as the class of its highest score
 * @returns the law in words, or nothing for a mask that is possible
 * @throws `ShapeError` for another shape
 */
export function shapeProblem(mask: NDArray): string | undefined {
  const map = classMap('shapeProblem', mask, shapeClasses.length)
  const target = (kind: number): boolean => kind === DISC || kind === RING
  for (let at = 0; at < map.classes.length; at++) {
    const kind = map.classes[at]!
    if (!target(kind)) continue
    const around = neighborsOf(map, at)
    if (around.length < 4) return 'a ring or disc touches the border'
    if (kind === DISC && !around.every((other) => target(map.classes[other]!)))
      return 'a disc is not enclosed by a ring'
  }
  for (const whole of componentsOf(map, target, 'corners')) {
    const parts = (kind: number): number =>
      componentsOf(map, (other, at) => other === kind && whole.has(at), 'corners').length
    if (parts(DISC) !== 1) return 'a ring encloses not exactly one disc'
    if (parts(RING) !== 1) return 'a ring is in pieces'
  }
  for (const bar of componentsOf(map, (kind) => kind === BAR, 'corners'))
    if (!reachesOut(map, bar)) return 'a bar ends in the open'
  return undefined
}

/**
 * The share of masks that break a law, see {@link shapeProblem}.
 *
 * @param masks - `[examples, height, width, 4]`, one-hot or scores
 */
export function impossibleShare({ data, shape }: NDArray): number {
  const [examples = 0, ...one] = shape
  const pixels = data.length / Math.max(examples, 1)
  let broken = 0
  for (let i = 0; i < examples; i++) {
    const mask = { data: data.subarray(i * pixels, (i + 1) * pixels), shape: one, dtype: 'float32' }
    if (shapeProblem(mask as NDArray) !== undefined) broken++
  }
  return broken / examples
}

/** The classes of the pixels of an image. */
function scene(size: number, draw: Random): Uint8Array {
  const classes = new Uint8Array(size * size)
  const paint = (kind: number, covers: (row: number, column: number) => boolean): void => {
    for (let at = 0; at < classes.length; at++)
      if (covers(Math.floor(at / size), at % size)) classes[at] = kind
  }
  if (draw.integer(4) > 0) {
    const [start, wide, upright] = [draw.integer(size - 2), 2 + draw.integer(2), draw.integer(2)]
    paint(BAR, (row, column) => {
      const across = upright === 1 ? column : row
      return across >= start && across < start + wide
    })
  }
  const placed: { readonly row: number; readonly column: number; readonly radius: number }[] = []
  const wanted = 1 + draw.integer(2)
  // Places that would touch are drawn again; where there is no room the image has fewer.
  for (let attempt = 0; attempt < 40 && placed.length < wanted; attempt++) {
    const radius = size * (0.14 + 0.09 * draw.uniform())
    const place = (): number => radius + 1.5 + (size - 3 - 2 * radius) * draw.uniform() - 0.5
    const [row, column] = [place(), place()]
    const apart = placed.every(
      (other) => Math.hypot(row - other.row, column - other.column) > radius + other.radius + 3,
    )
    if (apart) placed.push({ row, column, radius })
  }
  for (const { row, column, radius } of placed) {
    const inner = 0.55 * radius
    const within = (limit: number) => (r: number, c: number) =>
      Math.hypot(r - row, c - column) <= limit
    paint(RING, within(radius))
    paint(DISC, within(inner))
  }
  return classes
}

/** 1 where patches of fog are. */
function foggy(size: number, patches: number, draw: Random): Uint8Array {
  const hidden = new Uint8Array(size * size)
  for (let patch = 0; patch < patches; patch++) {
    const side = (): number => Math.round(size * (0.12 + 0.12 * draw.uniform()))
    const [height, width] = [side(), side()]
    const [top, left] = [draw.integer(size - height + 1), draw.integer(size - width + 1)]
    for (let row = top; row < top + height; row++)
      hidden.fill(1, row * size + left, row * size + left + width)
  }
  return hidden
}

/** Whether a bar ends at the border, or behind a ring. */
function reachesOut(map: ClassMap, bar: ReadonlySet<number>): boolean {
  for (const at of bar) {
    const around = neighborsOf(map, at)
    if (around.length < 4 || around.some((other) => map.classes[other] === RING)) return true
  }
  return false
}

function checkInteger(argument: string, value: number, low: number): void {
  if (!(Number.isInteger(value) && value >= low))
    throw refused(argument, value, `an integer from ${low} up`)
}

function refused(argument: string, value: number, expected: string): DomainError {
  return new DomainError({ function: 'syntheticShapes', argument, got: String(value), expected })
}
