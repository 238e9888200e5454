import type { ImageDataset } from '@deepstruct/datasets'
import type { Family, ImageSizes, ModelFile, NewModelFile } from '@deepstruct/training'
import { UsageError } from '../../errors.ts'
import type { Predictions, Problem, UsableModel } from '../task.ts'

/** What images with masks say of a problem: their size. */
export type SegmentationProblem = Problem<'segmentation'>

/** A model of masks. */
export type SegmentationModel = UsableModel<'segmentation'>

/** What such a model predicted. */
export type SegmentationPredictions = Predictions<'segmentation', SegmentationProblem, ImageDataset>

/** `32 × 32`. */
export function sizeText({ height, width }: Pick<ImageSizes, 'height' | 'width'>): string {
  return `${height} × ${width}`
}

/** The size of images and the classes of their pixels. */
export function sizesOf({ height, width, channels, classes }: ImageDataset): ImageSizes {
  return { height, width, channels, ...(classes !== undefined && { classes }) }
}

/**
 * Checks that a family serves the problem.
 *
 * @throws {@link UsageError} when pixels have several classes and the family finds one object
 */
export function requireServed(
  { name, severalClasses }: Family<'segmentation'>,
  { sizes: { classes } }: SegmentationProblem,
): void {
  if (classes !== undefined && severalClasses !== true)
    throw new UsageError(
      `the model ${name} finds one object, but the masks have ${classes} classes (fcn and adversarial serve several)`,
    )
}

/** What a model file keeps of the problem; several classes have their numbers for names. */
export function fileOf({
  sizes,
}: SegmentationProblem): Pick<NewModelFile, 'inputs' | 'labelNames'> {
  const { height, width, channels, classes } = sizes
  return {
    inputs: { count: height * width * channels, shape: [height, width, channels] },
    ...(classes !== undefined && {
      labelNames: Array.from({ length: classes }, (_, k) => String(k)),
    }),
  }
}

/** The problem that a model file was made for; throws what `refuse` makes when the file does not say. */
export function problemOf(
  { inputs, labelNames }: ModelFile,
  refuse: (argument: string, got: string, expected: string) => Error,
): SegmentationProblem {
  const [height, width, channels, ...others] = inputs.shape ?? []
  if (height === undefined || width === undefined || channels === undefined || others.length > 0)
    throw refuse(
      'inputs.shape',
      inputs.shape === undefined ? 'missing' : `[${inputs.shape.join(', ')}]`,
      '[height, width, channels] of the images',
    )
  const classes = labelNames?.length ?? 0
  if (classes === 1) throw refuse('labelNames', 'one name', 'none, or those of several classes')
  return { sizes: { height, width, channels, ...(classes > 1 && { classes }) } }
}
