import { readdir, stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type ImageSize, parsePng, resizeImages } from '@deepstruct/datasets'
import { readBytes, writeClassMask, writeMask } from '@deepstruct/datasets/node'
import { statuses } from '@deepstruct/inference'
import { DataError, dispose, joinRows, type NDArray, ndarray, put } from '@deepstruct/tensor'
import type { ImageSizes, Parameters } from '@deepstruct/training'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { Io } from '../../io.ts'
import { compiledSolver } from '../../model/compiled-solver.ts'
import type { Values } from '../../options/read-options.ts'
import { imagesOption } from '../../options/shared-options.ts'
import { progressReporter } from '../../output/progress.ts'
import { writeAll } from '../../output/write-all.ts'
import { overlapped } from '../../predict/overlapped.ts'
import { rowOf } from './row-of.ts'
import type { SegmentationModel } from './segmentation-problem.ts'
import { BATCH_SIZE } from './segmentation-report.ts'

const schema = z.object({
  images: imagesOption,
  out: z
    .string()
    .describe(
      'folder for the masks, PNG of the names and sizes of the images; of several classes gray values',
    )
    .meta({ placeholder: 'folder' }),
  batchSize: z.int().positive().default(BATCH_SIZE).describe('images predicted at once'),
})

/** What is read and written. */
export const segmentationPredictOptions: z.ZodObject = schema

/** An image file, read. */
interface ReadImage {
  /** Its name. */
  readonly name: string
  /** The image in the size that the model takes, `[1, height, width, channels]`, with the size of the file; or what is wrong with it. */
  readonly read: { readonly image: NDArray; readonly size: ImageSize } | { readonly error: string }
}

/**
 * Predicts the images of a folder, in order and a batch at a time, and writes their masks into another one. What is written is told by a
 * JSON line for each image, and what is wrong with an image instead of its mask.
 */
export async function predictImages(
  model: SegmentationModel,
  options: Values,
  io: Io,
): Promise<number> {
  const { images, out, batchSize } = schema.parse(options)
  await requirePlace(images, out)
  const names = await pngNames(images)
  const run = compiledSolver(model)
  const params = await put<Parameters>(model.parameters)
  const progress = progressReporter(io.stderr, { quiet: options['quiet'] === true })
  let done = 0
  let good = true
  try {
    const batches = readBatches(images, names, batchSize, model.problem.sizes)
    const solutions = overlapped(batches, async (batch) => {
      const [first, ...others] = batch.flatMap(({ read }) => ('error' in read ? [] : [read.image]))
      return first === undefined ? undefined : run(params, joinRows([first, ...others]))
    })
    for await (const [batch, solved] of solutions) {
      let row = 0
      for (const { name, read } of batch) {
        if (solved === undefined || 'error' in read) {
          good = false
          await writeAll(io.stdout, `${JSON.stringify({ id: name, ...read })}\n`)
          continue
        }
        const mask = join(out, name)
        const y = rowOf(solved.y, row)
        const severalClasses = y.shape.length === 3
        if (severalClasses) await writeClassMask(mask, y, read.size)
        else await writeMask(mask, y, { threshold: model.threshold, size: read.size })
        await writeAll(
          io.stdout,
          `${JSON.stringify({
            id: name,
            mask,
            ...(severalClasses
              ? { classes: classShares(y) }
              : { object: shareAbove(y, model.threshold) }),
            energy: Number((solved.energy.data[row] as number).toPrecision(7)),
            status: statuses[solved.status.data[row] as number] ?? 'diverged',
          })}\n`,
        )
        row++
      }
      done += batch.length
      progress.amount('predict', done, names.length)
    }
  } finally {
    progress.end()
    dispose(params)
  }
  return good ? 0 : 1
}

/** Reads files in batches, in the size that the model takes. */
async function* readBatches(
  folder: string,
  names: readonly string[],
  batchSize: number,
  sizes: ImageSizes,
): AsyncGenerator<readonly ReadImage[]> {
  for (let start = 0; start < names.length; start += batchSize) {
    const batch: ReadImage[] = []
    for (const name of names.slice(start, start + batchSize))
      batch.push({ name, read: await readImage(join(folder, name), sizes) })
    yield batch
  }
}

async function readImage(file: string, sizes: ImageSizes): Promise<ReadImage['read']> {
  try {
    const channels = sizes.channels === 1 ? 1 : 3
    const { data, shape } = parsePng(await readBytes(file), { channels, file })
    const [height, width] = shape as [number, number]
    return {
      image: resizeImages(ndarray(data, [1, ...shape]), sizes),
      size: { height, width },
    }
  } catch (error) {
    if (error instanceof DataError) return { error: error.message }
    throw error
  }
}

/** The PNG files of a folder, numbers in their order. */
async function pngNames(folder: string): Promise<readonly string[]> {
  const refuse = (why: string): UsageError =>
    new UsageError(`the option --images is '${folder}': ${why}`)
  const entries = await readdir(folder).catch(() => {
    throw refuse('this is no folder that can be read')
  })
  const names = entries.filter((name) => /\.png$/i.test(name) && !name.startsWith('.'))
  if (names.length === 0) throw refuse('there is no *.png in it')
  return names.toSorted(new Intl.Collator('en', { numeric: true }).compare)
}

/** Checks where masks go: never over the images themselves. */
async function requirePlace(images: string, out: string): Promise<void> {
  const refuse = (why: string): UsageError => new UsageError(`the option --out is '${out}': ${why}`)
  if (resolve(images) === resolve(out)) throw refuse('the masks would replace the images')
  const place = await stat(out).catch(() => undefined)
  if (place?.isDirectory() === false) throw refuse('this is no folder')
}

/** The share of the object in a mask, to 4 decimals. */
function shareAbove({ data }: NDArray, threshold: number): number {
  const inside = Array.from(data).filter((score) => score > threshold).length
  return Math.round((inside / data.length) * 1e4) / 1e4
}

/** The share of each class in a mask, to 4 decimals. */
function classShares({ data, shape }: NDArray): readonly number[] {
  const classes = shape[2] as number
  const counts = Array.from({ length: classes }, () => 0)
  for (let start = 0; start < data.length; start += classes) {
    const scores = data.subarray(start, start + classes)
    counts[scores.indexOf(Math.max(...scores))]!++
  }
  return counts.map((count) => Math.round((count * classes * 1e4) / data.length) / 1e4)
}
