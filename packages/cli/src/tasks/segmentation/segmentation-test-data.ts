import type { ImageDataset } from '@deepstruct/datasets'
import { z } from 'zod'
import { UsageError } from '../../errors.ts'
import type { Values } from '../../options/read-options.ts'
import { dataDirOption, imagesOption, masksOption } from '../../options/shared-options.ts'
import { loadPairs, loadPublished, publishedNames, twoFolders } from './segmentation-data.ts'
import { type SegmentationProblem, sizeText } from './segmentation-problem.ts'

const schema = z.object({
  images: imagesOption.exactOptional(),
  masks: masksOption.exactOptional(),
  data: z
    .string()
    .exactOptional()
    .describe(`the test part of a published set instead of --images: ${publishedNames.join(', ')}`)
    .meta({ placeholder: 'name' }),
  dataDir: dataDirOption,
})

/** Where images with masks to measure on come from. */
export const segmentationEvaluateOptions: z.ZodObject = schema

/** Where the test images of a comparison are: the two folders of its `--test`, else the test part of a published set. */
export function testSource(test: string | undefined, { data, dataDir }: Values): Values {
  if (test !== undefined) return twoFolders('--test', test)
  if (data === undefined)
    throw new UsageError('the option --test is missing: the folders IMAGES,MASKS of test examples')
  return { data, ...(dataDir === undefined ? {} : { dataDir }) }
}

/** Loads images with masks, in the size that the model takes. */
export async function loadTest(
  options: Values,
  { sizes }: SegmentationProblem,
): Promise<ImageDataset> {
  const { images, masks, data, dataDir } = schema.parse(options)
  const loaded = await source()
  const { height, width, channels } = loaded
  if (loaded.classes !== sizes.classes)
    throw new UsageError(
      `the masks have ${loaded.classes ?? 'one object and no'} classes, but the model has ${sizes.classes ?? 'one object and none'}`,
    )
  if (height !== sizes.height || width !== sizes.width || channels !== sizes.channels)
    throw new UsageError(
      `the images have ${sizeText(loaded)} pixels and ${channels} channels, but the model takes ${sizeText(sizes)} and ${sizes.channels}`,
    )
  return loaded

  async function source(): Promise<ImageDataset> {
    if (data !== undefined && images !== undefined)
      throw new UsageError('the options --data and --images exclude each other')
    if (data !== undefined)
      return (await loadPublished(data, dataDir === undefined ? {} : { dataDir })).test
    if (images === undefined)
      throw new UsageError(
        `the option --images is missing (or --data with a published set: ${publishedNames.join(', ')})`,
      )
    if (masks === undefined)
      throw new UsageError('the option --masks is missing: --images needs it')
    return loadPairs(images, masks, sizes)
  }
}
