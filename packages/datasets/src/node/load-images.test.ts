import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DataError, filled, ndarray, type NDArray, random, ShapeError } from '@deepstruct/tensor'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { encodePng, parseMask } from '../png.ts'
import { readBytes } from './files.ts'
import { loadImagePairs, loadImages } from './load-images.ts'
import { matchPairs } from './match-pairs.ts'
import { writeMask } from './write-mask.ts'

let root: string
let images: string
let masks: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'deepstruct-images-'))
  ;[images, masks] = [join(root, 'images'), join(root, 'masks')]
  await mkdir(images)
  await mkdir(masks)
})

afterEach(() => rm(root, { recursive: true }))

const bright = (height: number, width: number, value: number): NDArray =>
  filled([height, width, 3], value)

const store = (folder: string, name: string, image: NDArray): Promise<void> =>
  writeFile(join(folder, name), encodePng(image))

/** Left half background, right half object. */
const halves = (height: number, width: number): NDArray =>
  ndarray(
    Float32Array.from({ length: height * width }, (_, i) => Number(i % width >= width / 2)),
    [height, width],
  )

describe('loadImagePairs', () => {
  it('matches by number and resizes, in the order of the numbers', async () => {
    await store(images, 'image-10.png', bright(6, 8, 0.2))
    await store(images, 'image-9.png', bright(4, 4, 0.4))
    await store(masks, 'mask-010.png', halves(6, 8))
    await store(masks, 'mask-9.png', halves(4, 4))
    await writeFile(join(images, 'notes.txt'), 'no image')
    const dataset = await loadImagePairs({ images, masks, size: 4 })
    expect(dataset).toMatchObject({ size: 2, height: 4, width: 4, channels: 3 })
    expect(dataset.names).toEqual(['image-9.png', 'image-10.png'])
    const { x, y } = dataset.batch([1, 0])
    expect(x.data[0]).toBeCloseTo(0.2, 6)
    expect(x.data.at(-1)).toBeCloseTo(0.4, 6)
    expect([...y.data]).toEqual([...halves(4, 4).data, ...halves(4, 4).data])
  })

  it('matches by name where names agree', async () => {
    // By number they would be exchanged: both end in 1.
    await store(images, 'b-1.PNG', bright(2, 2, 0.2))
    await store(images, 'a-1.png', bright(2, 2, 0.4))
    await store(masks, 'a-1.png', filled([2, 2], 1))
    await store(masks, 'b-1.png', filled([2, 2], 0))
    const dataset = await loadImagePairs({ images, masks, channels: 1 })
    expect(dataset.names).toEqual(['a-1.png', 'b-1.PNG'])
    expect(dataset.channels).toBe(1)
    expect([...dataset.masks.data]).toEqual([1, 1, 1, 1, 0, 0, 0, 0])
  })

  it('makes masks of any size black and white', async () => {
    const disk = random(1).bernoullis([13, 17], 0.5)
    await store(images, '1.png', bright(13, 17, 0.5))
    await store(masks, '1.png', disk)
    for (const size of [{ height: 5, width: 6 }, 40]) {
      const { data } = (await loadImagePairs({ images, masks, size })).masks
      expect(new Set(data)).toEqual(new Set([0, 1]))
    }
  })

  it('refuses a mask of another size than its image', async () => {
    await store(images, 'image-1.png', bright(4, 4, 0.5))
    await store(masks, 'mask-1.png', halves(4, 6))
    await expect(loadImagePairs({ images, masks, size: 4 })).rejects.toThrow(
      /mask-1\.png.*4 × 6.*4 × 4/,
    )
  })

  it('names the file that is wrong', async () => {
    await store(images, 'image-1.png', bright(2, 2, 0.5))
    await store(masks, 'mask-1.png', ndarray([0, 0.2, 0.6, 1], [2, 2], 'float32'))
    await expect(loadImagePairs({ images, masks })).rejects.toThrow(/mask-1\.png.*one other value/)
    await writeFile(join(masks, 'mask-1.png'), 'no image')
    await expect(loadImagePairs({ images, masks })).rejects.toThrow(/mask-1\.png.*unreadable/)
    await store(masks, 'mask-1.png', halves(2, 2))
    await store(images, 'image-2.png', bright(2, 2, 0.5))
    await expect(loadImagePairs({ images, masks })).rejects.toThrow(/image-2\.png.*partner/)
    await store(masks, 'mask-2.png', halves(3, 2))
    await store(images, 'image-2.png', bright(3, 2, 0.5))
    await expect(loadImagePairs({ images, masks })).rejects.toThrow(/image-2\.png.*option size/)
  })

  it('refuses empty and missing folders', async () => {
    await expect(loadImagePairs({ images, masks })).rejects.toThrow(DataError)
    await expect(loadImagePairs({ images, masks })).rejects.toThrow(/images.*without any \*\.png/)
    const missing = loadImagePairs({ images: join(root, 'none'), masks })
    await expect(missing).rejects.toThrow(/none.*unreadable/)
  })
})

describe('loadImages', () => {
  it('gives all images in one size, with their names and sizes', async () => {
    await store(images, 'a.png', bright(2, 3, 0.2))
    await store(images, 'b.png', bright(5, 4, 0.6))
    const loaded = await loadImages(images, { size: { height: 2, width: 2 }, channels: 1 })
    expect(loaded.images.shape).toEqual([2, 2, 2, 1])
    expect(loaded.images.data[7]).toBeCloseTo(0.6, 6)
    expect(loaded.names).toEqual(['a.png', 'b.png'])
    expect(loaded.sizes).toEqual([
      { height: 2, width: 3 },
      { height: 5, width: 4 },
    ])
    await expect(loadImages(images)).rejects.toThrow(/b\.png.*option size/)
    await expect(loadImages(masks)).rejects.toThrow(DataError)
  })
})

describe('writeMask', () => {
  it('writes what parseMask reads, at the threshold', async () => {
    const file = join(root, 'out', 'mask.png')
    await writeMask(file, ndarray([0, 0.4, 0.5, 0.9], [2, 2], 'float32'))
    expect([...parseMask(await readBytes(file)).data]).toEqual([0, 0, 0, 1])
    await writeMask(file, ndarray([0, 0.4, 0.5, 0.9], [2, 2], 'float32'), { threshold: 0.3 })
    expect([...parseMask(await readBytes(file)).data]).toEqual([0, 1, 1, 1])
  })

  it('resizes to the size of the image', async () => {
    const file = join(root, 'mask.png')
    await writeMask(file, halves(4, 4), { size: { height: 8, width: 6 } })
    expect(parseMask(await readBytes(file))).toEqual(halves(8, 6))
  })

  it('refuses what is no mask, and names the file that cannot be written', async () => {
    await expect(writeMask(join(root, 'm.png'), bright(2, 2, 1))).rejects.toThrow(ShapeError)
    await expect(writeMask(images, halves(2, 2))).rejects.toThrow(DataError)
    await expect(writeMask(images, halves(2, 2))).rejects.toThrow(images)
  })
})

describe('matchPairs', () => {
  const folders = { images: 'images', masks: 'masks' }

  it('refuses files without a number, and numbers that stand for two files', () => {
    expect(() => matchPairs(['a.png'], ['b.png'], folders)).toThrow(/a\.png without a number/)
    expect(() => matchPairs(['x1.png', 'y01.png'], ['m1.png'], folders)).toThrow(
      /x1\.png and y01\.png, both of the number 1/,
    )
  })

  it('names masks without an image, and no more than three files', () => {
    expect(() => matchPairs(['i1.png'], ['m1.png', 'm2.png'], folders)).toThrow(
      /masks.*m2\.png without a partner/,
    )
    const many = Array.from({ length: 9 }, (_, i) => `i${i}.png`)
    expect(() => matchPairs(many, ['m0.png'], folders)).toThrow(
      /i1\.png, i2\.png, i3\.png and 5 more/,
    )
  })
})
