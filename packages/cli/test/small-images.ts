import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodePng } from '@deepstruct/datasets'
import { ndarray } from '@deepstruct/tensor'
import { afterAll, beforeAll } from 'vitest'

/** A bright disc on a dark ground and its mask, of a size that differs from image to image. */
export function discPng(index: number): { readonly image: Uint8Array; readonly mask: Uint8Array } {
  const [height, width] = [10 + (index % 3), 12 + (index % 4)]
  const radius = 2.5 + (index % 5) / 2
  const inside = (pixel: number): boolean => {
    const [row, column] = [Math.floor(pixel / width), pixel % width]
    return Math.hypot(row - height / 2, column - width / 2 + Math.sin(index)) < radius
  }
  const pixels = Float32Array.from({ length: height * width * 3 }, (_, i) => {
    const wave = 0.15 * Math.sin(i * 1.3 + index)
    return (inside(Math.floor(i / 3)) ? 0.7 : 0.3) + (i % 3 === 1 ? -wave : wave)
  })
  const mask = Float32Array.from({ length: height * width }, (_, i) => Number(inside(i)))
  return {
    image: encodePng(ndarray(pixels, [height, width, 3])),
    mask: encodePng(ndarray(mask, [height, width])),
  }
}

/** A folder with `images/image-<i>.png` and `masks/mask-<i>.png`, and `test-images`, `test-masks`, for the tests of a file. */
export function smallImages(): {
  path(name: string): string
  write(name: string, content: string | Uint8Array): Promise<string>
} {
  let folder = ''
  const path = (name: string): string => join(folder, name)
  const write = async (name: string, content: string | Uint8Array): Promise<string> => {
    await mkdir(join(path(name), '..'), { recursive: true })
    await writeFile(path(name), content)
    return path(name)
  }
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'deepstruct-cli-'))
    for (const [prefix, first, count] of [
      ['', 0, 24],
      ['test-', 100, 10],
    ] as const)
      for (let i = first; i < first + count; i++) {
        const { image, mask } = discPng(i)
        await write(`${prefix}images/image-${i}.png`, image)
        await write(`${prefix}masks/mask-${i}.png`, mask)
      }
  })
  afterAll(() => rm(folder, { recursive: true }))
  return { path, write }
}
