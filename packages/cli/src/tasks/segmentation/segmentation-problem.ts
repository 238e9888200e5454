import type { ImageDataset } from '@deepstruct/datasets'
import type { ImageSizes, ModelFile } from '@deepstruct/training'
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

/** What a model file keeps of the problem. */
export function fileOf({ sizes }: SegmentationProblem): Pick<ModelFile, 'inputs'> {
  const { height, width, channels } = sizes
  return { inputs: { count: height * width * channels, shape: [height, width, channels] } }
}

/** The problem that a model file was made for; throws what `refuse` makes when the file does not say. */
export function problemOf(
  { inputs }: ModelFile,
  refuse: (argument: string, got: string, expected: string) => Error,
): SegmentationProblem {
  const [height, width, channels, ...others] = inputs.shape ?? []
  if (height === undefined || width === undefined || channels === undefined || others.length > 0)
    throw refuse(
      'inputs.shape',
      inputs.shape === undefined ? 'missing' : `[${inputs.shape.join(', ')}]`,
      '[height, width, channels] of the images',
    )
  return { sizes: { height, width, channels } }
}
