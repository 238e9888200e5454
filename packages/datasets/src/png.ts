import { DomainError, type NDArray, ndarray, ShapeError } from '@deepstruct/tensor'
import { convertIndexedToRgb, decode, type DecodedPng, encode } from 'fast-png'
import { type ParseOptions, placeOf } from './place.ts'

/** How an image is read. */
export interface ParsePngOptions extends ParseOptions {
  /** 3 for red, green and blue (the default), 1 for brightness. Images of the other kind are converted. */
  readonly channels?: 1 | 3
}

/**
 * Reads an image in the PNG format: gray, color or palette, 1 to 16 bits. Transparency is ignored.
 *
 * @param bytes - the whole file
 * @returns float32 `[height, width, channels]` in $[0, 1]$, from dark to bright
 * @throws `DataError` when the bytes are no PNG, damaged, cut off, or interlaced with fewer than 8 bits
 */
export function parsePng(bytes: Uint8Array, options: ParsePngOptions = {}): NDArray {
  const { channels = 3 } = options
  const { height, width, colors, values } = pixelsOf('parsePng', bytes, options)
  const pixels = new Float32Array(height * width * channels)
  for (let pixel = 0; pixel < height * width; pixel++) {
    const [red, green = red, blue = red] = values.subarray(pixel * colors, (pixel + 1) * colors)
    const color = [red!, green!, blue!] as const
    // Brightness as ITU-R BT.601 weighs the colors.
    if (channels === 3) pixels.set(color, pixel * 3)
    else pixels[pixel] = 0.299 * color[0] + 0.587 * color[1] + 0.114 * color[2]
  }
  return ndarray(pixels, [height, width, channels])
}

/**
 * Reads a mask in the PNG format: black pixels are 0, the others 1 and all of one value, for instance 1 or 255.
 *
 * @param bytes - the whole file
 * @returns float32 `[height, width]`, each pixel 0 or 1
 * @throws `DataError` when the bytes are no PNG, as {@link parsePng}, or have pixels of more than one value beside black
 */
export function parseMask(bytes: Uint8Array, options: ParseOptions = {}): NDArray {
  const { height, width, colors, values } = pixelsOf('parseMask', bytes, options)
  const mask = new Float32Array(height * width)
  let object: Float32Array | undefined
  for (let pixel = 0; pixel < mask.length; pixel++) {
    const color = values.subarray(pixel * colors, (pixel + 1) * colors)
    if (color.every((value) => value === 0)) continue
    object ??= color
    if (object.some((value, i) => value !== color[i]))
      throw placeOf('parseMask', options.file).error(
        undefined,
        'mask',
        `with pixels of brightness 0, ${shown(object)} and ${shown(color)}`,
        'black and one other value, for instance 0 and 255',
        'a mask says of each pixel whether it belongs to the object',
      )
    mask[pixel] = 1
  }
  return ndarray(mask, [height, width])
}

/** How a mask of several classes is read. */
export interface ParseClassMaskOptions extends ParseOptions {
  /** The number of classes; pixels have the values 0 to one less. */
  readonly classes: number
}

/**
 * Reads a mask of several classes in the PNG format: the gray value of a pixel, or its place in the palette, is its class.
 *
 * @param bytes - the whole file
 * @returns float32 `[height, width, classes]`, one-hot
 * @throws `DataError` when the bytes are no PNG, as {@link parsePng}, have colors and no palette, or a pixel that is no class
 */
export function parseClassMask(bytes: Uint8Array, options: ParseClassMaskOptions): NDArray {
  const { classes, file } = options
  const refuse = (argument: string, got: string, expected: string): Error =>
    placeOf('parseClassMask', file).error(undefined, argument, got, expected)
  const { height, width, step, data } = readPng('parseClassMask', bytes, options, (png) => ({
    height: png.height,
    width: png.width,
    step: png.channels,
    data: unpacked(png),
  }))
  if (step > 2)
    throw refuse('mask', 'in color', 'gray values or a palette, where each value is a class')
  const mask = new Float32Array(height * width * classes)
  for (let pixel = 0; pixel < height * width; pixel++) {
    const kind = data[pixel * step]!
    if (kind >= classes)
      throw refuse(
        'mask',
        `the class ${kind} in row ${Math.floor(pixel / width) + 1}, column ${(pixel % width) + 1}`,
        `a class from 0 to ${classes - 1}`,
      )
    mask[pixel * classes + kind] = 1
  }
  return ndarray(mask, [height, width, classes])
}

/**
 * Writes an image in the PNG format with 8 bits.
 *
 * @param image - `[height, width]`, `[height, width, 1]` or `[height, width, 3]` in $[0, 1]$
 * @returns the file
 * @throws `ShapeError` for another shape
 * @throws `DomainError` for a value outside $[0, 1]$
 *
 * @example
 * ```ts
 * import { encodePng, parsePng } from '@deepstruct/datasets'
 * import { array } from '@deepstruct/tensor'
 *
 * const file = encodePng(array([[0, 0.2], [0.4, 1]]))
 * parsePng(file, { channels: 1 }).data // 0, 0.2, 0.4, 1
 * ```
 */
export function encodePng(image: NDArray): Uint8Array {
  const [height = 0, width = 0, channels = 1] = image.shape
  const rank = image.shape.length
  if (rank < 2 || rank > 3 || (channels !== 1 && channels !== 3) || image.data.length === 0)
    throw new ShapeError({
      function: 'encodePng',
      argument: 'image',
      got: `of shape [${image.shape.join(', ')}]`,
      expected: '[height, width], [height, width, 1] or [height, width, 3]',
    })
  // Written so that NaN fails.
  const wrong = image.data.find((value) => !(value >= 0 && value <= 1))
  if (wrong !== undefined)
    throw new DomainError({
      function: 'encodePng',
      argument: 'image',
      got: `an array with the value ${wrong}`,
      expected: 'brightness from 0 to 1',
    })
  const data = Uint8Array.from(image.data, (value) => Math.round(value * 255))
  return encode({ height, width, channels, depth: 8, data })
}

/** The values of an image's pixels in $[0, 1]$, in one or three colors. */
interface Pixels {
  readonly height: number
  readonly width: number
  readonly colors: 1 | 3
  readonly values: Float32Array
}

function pixelsOf(name: string, bytes: Uint8Array, options: ParseOptions): Pixels {
  return readPng(name, bytes, options, (png) => {
    const { height, width, depth, channels, palette } = png
    if (palette !== undefined) {
      const stride = palette[0]!.length
      return { height, width, ...take(convertIndexedToRgb(png), stride, 255) }
    }
    return { height, width, ...take(unpacked(png), channels, 2 ** depth - 1) }
  })
}

/** Decodes a file, and reads what is wanted of it. */
function readPng<T>(
  name: string,
  bytes: Uint8Array,
  options: ParseOptions,
  read: (png: DecodedPng) => T,
): T {
  try {
    const png = decode(bytes, { checkCrc: true })
    // Where a file says that it is interlaced; the library then takes each pixel for a whole byte.
    if (png.depth < 8 && bytes[28] !== 0) throw new TypeError('interlaced with fewer than 8 bits')
    return read(png)
  } catch (cause) {
    throw placeOf(name, options.file).error(
      undefined,
      'file',
      `unreadable: ${cause instanceof Error ? cause.message : String(cause)}`,
      'a whole PNG image',
    )
  }
}

/** Without the last channel where that is transparency: the second or the fourth. */
function take(
  data: ArrayLike<number>,
  channels: number,
  white: number,
): Pick<Pixels, 'colors' | 'values'> {
  const colors = channels < 3 ? 1 : 3
  const pixels = data.length / channels
  const values = new Float32Array(pixels * colors)
  for (let pixel = 0; pixel < pixels; pixel++)
    for (let color = 0; color < colors; color++)
      values[pixel * colors + color] = data[pixel * channels + color]! / white
  return { colors, values }
}

/** One number for each value: gray of fewer than 8 bits is packed, each row in whole bytes. */
function unpacked({ data, depth, width, height }: DecodedPng): ArrayLike<number> {
  if (depth >= 8) return data
  const stride = Math.ceil((width * depth) / 8)
  return Uint8Array.from({ length: width * height }, (_, i) => {
    const bit = (i % width) * depth
    const byte = data[Math.floor(i / width) * stride + (bit >> 3)]!
    return (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1)
  })
}

function shown(color: Float32Array): string {
  const levels = Array.from(color, (value) => String(Math.round(value * 255)))
  return levels.length === 1 ? levels[0]! : `(${levels.join(', ')})`
}
