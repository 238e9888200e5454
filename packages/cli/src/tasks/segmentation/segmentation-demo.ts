import { split } from '@deepstruct/datasets'
import { random } from '@deepstruct/tensor'
import type { Family, JsonObject } from '@deepstruct/training'
import type { Io } from '../../io.ts'
import { fraction } from '../../output/number.ts'
import { progressReporter } from '../../output/progress.ts'
import { table } from '../../output/table.ts'
import { writeAll } from '../../output/write-all.ts'
import { type Contender, trainContenders } from '../../train/train-contenders.ts'
import type { DemoOptions } from '../task.ts'
import { reportOf } from './segmentation-report.ts'
import { segmentationTask } from './segmentation-task.ts'
import { prepared } from './segmentation-training.ts'
import { ellipses } from './synthetic-images.ts'

// Small networks for small images.
const segmenter: JsonObject = {
  channels: [12, 24],
  cropsPerSide: 2,
  segmenterEpochs: 30,
  segmenterFineEpochs: 5,
}

const contenders: readonly Contender[] = [
  { name: 'FCN, pixels independent', family: 'fcn', settings: segmenter },
  {
    name: 'DVN, starting at the FCN',
    family: 'dvn',
    settings: {
      ...segmenter,
      start: 'fcn',
      units: [48, 24],
      inferenceSteps: 10,
      valueEpochs: 18,
      valueFineEpochs: 2,
    },
  },
]

/** Trains models of masks on synthetic images, compares them, and writes a page. */
export async function segmentationDemo(
  options: DemoOptions,
  families: readonly Family<'segmentation'>[],
  io: Io,
): Promise<number> {
  const { seed } = options
  const progress = progressReporter(io.stderr, { quiet: options.quiet })
  const [train, dev] = split(ellipses(400, 16, seed), 0.2, random(seed))
  const data = prepared(train, dev)
  const test = ellipses(200, 16, seed + 1)
  progress.line(
    `synthetic images: ${train.size} training, ${dev.size} dev and ${test.size} test examples, each with an ellipse under noise`,
  )
  const compared = await trainContenders(
    {
      task: segmentationTask,
      families,
      contenders,
      data,
      test,
      seed,
      quiet: options.quiet,
    },
    io,
  )
  const results = compared.map((one) => ({
    ...one,
    report: reportOf(one.predicted, one.model.threshold),
  }))
  // Plots take a while to load.
  const { writeDemoReport } = await import('./demo-report.ts')
  await writeDemoReport(options.report, results)
  if (options.json) {
    const models = Object.fromEntries(
      results.map(({ name, model, report }) => [name, { ...report, seconds: model.seconds }]),
    )
    await writeAll(io.stdout, `${JSON.stringify({ models, report: options.report })}\n`)
  } else
    await writeAll(
      io.stdout,
      table(
        ['', 'mean IoU @ dev threshold', 'mean IoU @ 0.5', 'training'],
        results.map(({ name, model, report }) => [
          name,
          fraction(report.atThreshold.iou.mean),
          fraction(report.iou.mean),
          `${model.seconds.toFixed(1)} s`,
        ]),
      ),
    )
  progress.line(`wrote ${options.report}`)
  return 0
}
