import { split } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import type { Family, JsonObject } from '@deepstruct/training'
import { writeFileAtomic } from '@deepstruct/training/node'
import type { Io } from '../../io.ts'
import { scoreModel } from '../../model/score-model.ts'
import { fraction } from '../../output/number.ts'
import { progressReporter } from '../../output/progress.ts'
import { table } from '../../output/table.ts'
import { writeAll } from '../../output/write-all.ts'
import { contender } from '../../train/contender.ts'
import { trainModel } from '../../train/train-model.ts'
import type { DemoOptions } from '../task.ts'
import { reportOf } from './segmentation-report.ts'
import { segmentationTask } from './segmentation-task.ts'
import { prepared } from './segmentation-training.ts'
import { ellipses } from './synthetic-images.ts'

/** Small networks for small images. */
const network: JsonObject = { channels: [12, 24], kernelSize: 5 }

/** Trains a model of masks on synthetic images, and writes a page. */
export async function segmentationDemo(
  options: DemoOptions,
  families: readonly Family<'segmentation'>[],
  io: Io,
): Promise<number> {
  const { seed } = options
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const [train, dev] = split(ellipses(400, 16, seed), 0.2, random(seed))
  const test = ellipses(200, 16, seed + 1)
  progress.line(
    `synthetic images: ${train.size} training, ${dev.size} dev and ${test.size} test examples, each with an ellipse under noise`,
  )
  const model = await trainModel({
    task: segmentationTask,
    ...contender(families, 'fcn', { ...network, segmenterEpochs: 12, segmenterFineEpochs: 4 }),
    data: prepared(train, dev),
    batchSize: 16,
    seed,
    onProgress: progress.training,
  })
  progress.end()
  const predicted = await scoreModel(model, test, segmentationTask.batchSize)
  const report = reportOf(predicted, model.threshold)
  // Plots take a while to load.
  const [{ page }, { pictureSections }, { learningCurves }] = await Promise.all([
    import('../../report/page.ts'),
    import('./picture-sections.ts'),
    import('../../report/training-plots.ts'),
  ])
  const [results, ...others] = await pictureSections({ model, predicted, data: test })
  await writeFileAtomic(
    options.report,
    page(
      'An object under noise',
      `Synthetic images: ${segmentationTask.describe(model.problem)}, ${test.size} test examples.`,
      [
        ...(results === undefined ? [] : [results]),
        { title: 'Learning', body: learningCurves(model.history) },
        ...others,
      ],
    ),
  )
  const models = { fcn: { ...report, trainingSeconds: model.seconds } }
  await writeAll(
    io.stdout,
    options.json
      ? `${JSON.stringify({ models, report: options.report })}\n`
      : table(
          ['', 'mean IoU @ dev threshold', 'mean IoU @ 0.5', 'training'],
          [
            [
              'fully convolutional network',
              fraction(report.atThreshold.iou.mean),
              fraction(report.iou.mean),
              `${model.seconds.toFixed(1)} s`,
            ],
          ],
        ),
  )
  progress.line(`wrote ${options.report}`)
  return 0
}
