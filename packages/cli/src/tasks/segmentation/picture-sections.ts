import { binarize, meanIoU } from '@deepstruct/metrics'
import { takeRows } from '@deepstruct/tensor'
import * as Plot from '@observablehq/plot'
import { fraction, short } from '../../output/number.ts'
import { calibrationSections } from '../../report/calibration-sections.ts'
import { energySections } from '../../report/energy-sections.ts'
import type { Html } from '../../report/html.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import { palette, plot } from '../../report/plot.ts'
import { wayOfInference } from '../../report/way-of-inference.ts'
import { picture } from './pictures.ts'
import { rowOf } from './row-of.ts'
import type { SegmentationPredictions } from './segmentation-problem.ts'
import { iouCurve, reportOf } from './segmentation-report.ts'

const SHOWN_IMAGES = 12
const SHOWN_WAYS = 4
/** The pictures of a way stand side by side on a page. */
const NARROW = 56

/** What can be said of predicted masks: metrics, threshold, pictures, inference. */
export async function pictureSections(
  predictions: SegmentationPredictions,
): Promise<readonly Section[]> {
  const { predicted, model } = predictions
  return [
    { title: 'Results', body: [metricsTable(predictions)] },
    ranked(predictions),
    ...(await inferenceSections(predictions)),
    {
      title: 'Threshold',
      body: [
        plot('mean IoU if scores above a threshold are predicted', {
          x: { label: 'threshold', domain: [0, 1] },
          y: { label: 'mean IoU', grid: true, nice: true },
          marks: [
            Plot.lineY(iouCurve(predicted), {
              x: 'threshold',
              y: 'value',
              stroke: palette[0] as string,
            }),
            Plot.ruleX([model.threshold], {
              stroke: palette[1] as string,
              strokeDasharray: '4 3',
            }),
          ],
        }),
      ],
    },
    ...(await energySections(predictions)),
    ...(await calibrationSections(predictions)),
  ]
}

function metricsTable({ predicted, model }: SegmentationPredictions): Html {
  const report = reportOf(predicted, model.threshold)
  const { iou, pixelAccuracy, atThreshold } = report
  return htmlTable(
    ['', 'at 0.5', `at ${short(model.threshold)}`],
    [
      ['mean IoU', fraction(iou.mean), fraction(atThreshold.iou.mean)],
      ['global IoU', fraction(iou.global), fraction(atThreshold.iou.global)],
      ['pixels that are right', fraction(pixelAccuracy), fraction(atThreshold.pixelAccuracy)],
    ],
  )
}

/** Inputs, truth and predictions from the worst to the best. */
function ranked({ predicted, model, data }: SegmentationPredictions): Section {
  const { scores, labels } = predicted
  const byIou = Array.from({ length: data.size }, (_, example) => ({
    example,
    iou: meanIoU(
      binarize(takeRows(scores, example, example + 1), model.threshold),
      takeRows(labels, example, example + 1),
    ),
  })).toSorted((a, b) => a.iou - b.iou)
  const shown = evenly(byIou, SHOWN_IMAGES)
  return {
    title: 'Images',
    note: `From the worst to the best by IoU, evenly over all ${data.size}: the input, the true mask, the scores, and what is above the threshold.`,
    body: [
      htmlTable(
        ['', 'input', 'truth', 'scores', 'prediction', 'IoU'],
        shown.map(({ example, iou }) => [
          data.names[example] ?? String(example + 1),
          picture(rowOf(data.images, example)),
          picture(rowOf(data.masks, example)),
          picture(rowOf(scores, example)),
          picture(binarize(rowOf(scores, example), model.threshold)),
          fraction(iou),
        ]),
      ),
    ],
  }
}

/** The scores on the way of inference, where the family has steps. */
async function inferenceSections({
  model,
  data,
}: SegmentationPredictions): Promise<readonly Section[]> {
  const shown = data.subset(
    evenly(
      Array.from({ length: data.size }, (_, i) => i),
      SHOWN_WAYS,
    ),
  )
  const way = await wayOfInference(model, shown.images)
  if (way.length === 1) return []
  return [
    {
      title: 'Steps of inference',
      note: 'The scores after so many steps, and the truth.',
      body: [
        htmlTable(
          ['', 'input', ...way.map(({ steps }) => String(steps)), 'truth'],
          shown.names.map((name, row) => [
            name,
            picture(rowOf(shown.images, row), NARROW),
            ...way.map(({ y }) => picture(rowOf(y, row), NARROW)),
            picture(rowOf(shown.masks, row), NARROW),
          ]),
        ),
      ],
    },
  ]
}

/** At most so many of a list, evenly spaced, the first and the last among them. */
export function evenly<T>(list: readonly T[], most: number): readonly T[] {
  if (list.length <= most) return list
  return Array.from(
    { length: most },
    (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))] as T,
  )
}
