import { type ImageDataset, split } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import type { ImageSizes } from '@deepstruct/training'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { Values } from '../../options/read-options.ts'
import {
  dataDirOption,
  devOption,
  imagesOption,
  masksOption,
} from '../../options/shared-options.ts'
import type { LoadedTraining, LoadingContext, TrainingData } from '../task.ts'
import {
  digestOf,
  loadPairs,
  loadPublished,
  publishedNames,
  twoFolders,
} from './segmentation-data.ts'
import {
  type SegmentationModel,
  type SegmentationProblem,
  sizesOf,
  sizeText,
} from './segmentation-problem.ts'

/** What small images are resized to; networks halve it twice or more. */
const SIZE = 32

/** The share that is held out, where nobody says. */
const DEV = 0.1

const schema = z.object({
  images: imagesOption.exactOptional(),
  masks: masksOption.exactOptional(),
  size: z
    .union([
      z.int().positive(),
      z.string().regex(/^[1-9]\d*x[1-9]\d*$/, 'a number, or HEIGHTxWIDTH'),
    ])
    .exactOptional()
    .describe(`what all images are resized to (default: ${SIZE}, or that of --init-from)`)
    .meta({ placeholder: 'n|HxW' }),
  classes: z
    .int()
    .min(2)
    .max(256)
    .exactOptional()
    .describe(
      'the number of classes, where the value of a mask’s pixel is its class (default: one object)',
    )
    .meta({ placeholder: 'n' }),
  gray: z.boolean().default(false).describe('look at brightness, not at colors'),
  data: z
    .string()
    .exactOptional()
    .describe(`a published set instead of --images: ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'name' }),
  dataDir: dataDirOption,
  dev: devOption(
    'share|IMAGES,MASKS',
    `two folders (default: ${DEV}, or the dev part of a published set)`,
  ),
})

type Options = z.output<typeof schema>

/** Where images with masks to train on come from. */
export const segmentationTrainOptions: z.ZodObject = schema

/** Loads what the options name, and holds the dev images out. */
export async function loadTraining(
  values: Values,
  { seed, initial }: LoadingContext<SegmentationModel>,
): Promise<LoadedTraining<SegmentationProblem, ImageDataset>> {
  const options = schema.parse(values)
  return options.data === undefined
    ? pairs(options, initial, seed)
    : publishedSet(options.data, options, initial)
}

async function publishedSet(
  name: string,
  { images, masks, size, classes, dev: held, dataDir }: Options,
  initial: SegmentationModel | undefined,
): Promise<LoadedTraining<SegmentationProblem, ImageDataset>> {
  const refused = Object.entries({ images, masks, size, classes, dev: held }).find(
    ([, value]) => value !== undefined,
  )
  if (refused !== undefined)
    throw new UsageError(
      `the options --data and --${refused[0]} exclude each other: ${name} says that itself`,
    )
  const { train, dev } = await loadPublished(name, dataDir === undefined ? {} : { dataDir })
  requireSize(train, initial)
  return { ...prepared(train, dev), digest: digestOf(train), course: {} }
}

async function pairs(
  options: Options,
  initial: SegmentationModel | undefined,
  seed: number,
): Promise<LoadedTraining<SegmentationProblem, ImageDataset>> {
  const { images, masks, dev: held = DEV } = options
  if (images === undefined)
    throw new UsageError(
      `the option --images is missing (or --data with a published set: ${publishedNames.join(', ')})`,
    )
  if (masks === undefined) throw new UsageError('the option --masks is missing: --images needs it')
  const sizes = loadedSizes(options, initial)
  const all = await loadPairs(images, masks, sizes)
  requireSize(all, initial)
  const digest = digestOf(all)
  const course = sizes.classes === undefined ? {} : { classes: sizes.classes }
  if (typeof held === 'string') {
    const folders = twoFolders('--dev', held, 'a share between 0 and 1, or ')
    const dev = await loadPairs(folders.images, folders.masks, sizes)
    return {
      ...prepared(all, dev),
      digest,
      course: {
        size: sizeText(sizes),
        gray: options.gray,
        ...course,
        'the digest of the dev data': digestOf(dev),
      },
    }
  }
  const [train, dev] = split(all, held, random(seed))
  return {
    ...prepared(train, dev),
    digest,
    course: { size: sizeText(sizes), gray: options.gray, ...course, dev: held },
  }
}

/** Images as models take them. */
export function prepared(
  train: ImageDataset,
  dev: ImageDataset,
): TrainingData<SegmentationProblem, ImageDataset> {
  return { problem: { sizes: sizesOf(train) }, train, dev }
}

/** What images are made into as they are loaded. */
function loadedSizes(
  { size, gray, classes }: Options,
  initial: SegmentationModel | undefined,
): ImageSizes {
  const others = { channels: gray ? 1 : 3, ...(classes !== undefined && { classes }) }
  if (size === undefined) return initial?.problem.sizes ?? { height: SIZE, width: SIZE, ...others }
  if (typeof size === 'number') return { height: size, width: size, ...others }
  const [height, width] = size.split('x').map(Number)
  return { height: height as number, width: width as number, ...others }
}

/** Checks that images fit a model that training starts from. */
function requireSize(data: ImageDataset, initial: SegmentationModel | undefined): void {
  if (initial === undefined) return
  const { sizes } = initial.problem
  const same =
    data.height === sizes.height && data.width === sizes.width && data.channels === sizes.channels
  if (!same)
    throw new UsageError(
      `the option --init-from is a model of ${sizeText(sizes)} pixels and ${sizes.channels} channels, but the images have ${sizeText(data)} and ${data.channels}`,
    )
  if (data.classes !== sizes.classes)
    throw new UsageError(
      `the option --init-from is a model of ${sizes.classes ?? 'one object and no'} classes, but the masks have ${data.classes ?? 'one object'}`,
    )
}
