import type { ImageDataset } from '@deepstruct/datasets'
import type { TaskDefinition } from '../task.ts'
import { predictImages, segmentationPredictOptions } from './predict-images.ts'
import { publishedNames } from './segmentation-data.ts'
import {
  fileOf,
  problemOf,
  requireServed,
  type SegmentationProblem,
  sizeText,
} from './segmentation-problem.ts'
import { BATCH_SIZE, chooseThreshold, measure } from './segmentation-report.ts'
import { loadTest, segmentationEvaluateOptions, testSource } from './segmentation-test-data.ts'
import { loadTraining, segmentationTrainOptions } from './segmentation-training.ts'
import { solverOf } from '../../model/solver-of.ts'

/** Masks of the object in images. */
export const segmentationTask: TaskDefinition<'segmentation', SegmentationProblem, ImageDataset> = {
  name: 'segmentation',
  options: {
    train: segmentationTrainOptions,
    evaluate: segmentationEvaluateOptions,
    predict: segmentationPredictOptions,
  },
  published: publishedNames,
  batchSize: BATCH_SIZE,
  loadTraining,
  testSource,
  loadTest,
  describe: ({ sizes }) =>
    `images of ${sizeText(sizes)} pixels in ${sizes.channels === 1 ? 'gray' : 'color'}${sizes.classes === undefined ? '' : `, ${sizes.classes} classes`}`,
  requireServed,
  fileOf,
  problemOf,
  chooseThreshold,
  measure,
  // Plots take a while to load.
  async sections(predictions) {
    const { pictureSections } = await import('./picture-sections.ts')
    return pictureSections(predictions)
  },
  predict: predictImages,
  exported(model) {
    const { height, width, channels } = model.problem.sizes
    return {
      solve: solverOf(model),
      shape: [1, height, width, channels],
      inputs: 'images: rows, columns, channels; brightness from 0 to 1 (bytes / 255)',
    }
  },
  async demo(options, families, io) {
    const { segmentationDemo } = await import('./segmentation-demo.ts')
    return segmentationDemo(options, families, io)
  },
}
