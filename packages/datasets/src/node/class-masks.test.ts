import { array, DataError, ndarray } from '@deepstruct/tensor'
import { encode } from 'fast-png'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { encodePng, parseClassMask } from '../png.ts'
import { loadImagePairs } from './load-images.ts'
import { writeClassMask } from './write-class-mask.ts'

/** A gray PNG of these values. */
function gray(rows: readonly (readonly number[])[]): Uint8Array {
  return encodePng(array(rows.map((row) => row.map((value) => value / 255))))
}

let folder: string
beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), 'class-masks-'))))

describe('parseClassMask', () => {
  it('takes gray values for classes', () => {
    const { data, shape } = parseClassMask(
      gray([
        [0, 2],
        [1, 0],
      ]),
      { classes: 3 },
    )
    expect(shape).toEqual([2, 2, 3])
    expect([...data]).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 0])
  })

  it('refuses a class that there is not, with its file, place and value', () => {
    const parse = (): unknown =>
      parseClassMask(
        gray([
          [0, 1],
          [0, 5],
        ]),
        { classes: 3, file: 'seven.png' },
      )
    expect(parse).toThrow(DataError)
    expect(parse).toThrow(/seven\.png.*class 5 in row 2, column 2.*from 0 to 2/)
  })

  it('refuses colors', () => {
    const color = encode({ width: 1, height: 1, channels: 3, data: Uint8Array.of(1, 2, 3) })
    expect(() => parseClassMask(color, { classes: 300 })).toThrow(/in color/)
    expect(() => parseClassMask(Uint8Array.of(1), { classes: 2 })).toThrow(/unreadable/)
  })
})

describe('loadImagePairs of several classes', () => {
  it('reads what was written, and gives a resized pixel the class of most of it', async () => {
    const [images, masks] = [join(folder, 'images'), join(folder, 'masks')]
    const scores = ndarray(new Float32Array(4 * 4 * 3), [4, 4, 3])
    const kinds = [0, 0, 1, 1, 0, 2, 1, 2, 2, 2, 0, 0, 2, 2, 1, 0]
    for (const [pixel, kind] of kinds.entries()) scores.data[3 * pixel + kind] = 0.6
    await writeClassMask(join(masks, 'a.png'), scores)
    await writeClassMask(join(images, 'a.png'), scores)
    const whole = await loadImagePairs({ images, masks, channels: 1, classes: 3 })
    expect(whole.classes).toBe(3)
    expect([...whole.masks.data]).toEqual([...scores.data].map(Math.ceil))
    const half = await loadImagePairs({ images, masks, channels: 1, classes: 3, size: 2 })
    const classes = [0, 1, 2, 3].map((pixel) =>
      half.masks.data.subarray(3 * pixel, 3 * pixel + 3).indexOf(1),
    )
    expect(classes).toEqual([0, 1, 2, 0])
    await writeFile(join(masks, 'a.png'), gray(Array.from({ length: 4 }, () => [0, 0, 0, 9])))
    await expect(loadImagePairs({ images, masks, classes: 3 })).rejects.toThrow(/a\.png.*class 9/)
  })
})
