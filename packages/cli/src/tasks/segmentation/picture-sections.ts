import { binarize, meanIoU } from '@deepstruct/metrics'
import { type NDArray, takeRows } from '@deepstruct/tensor'
import { classIoU } from '@deepstruct/training'
import * as Plot from '@observablehq/plot'
import { fraction, short } from '../../output/number.ts'
import { calibrationSections } from '../../report/calibration-sections.ts'
import { energySections } from '../../report/energy-sections.ts'
import type { Html } from '../../report/html.ts'
import { htmlTable, type Section } from '../../report/page.ts'
import { palette, plot } from '../../report/plot.ts'
import { wayOfInference } from '../../report/way-of-inference.ts'
import { adversarySections } from './adversary-sections.ts'
import { maskPicture } from './mask-picture.ts'
import { picture } from './pictures.ts'
import { rowOf } from './row-of.ts'
import type { SegmentationPredictions } from './segmentation-problem.ts'
import { classReportOf, hasClasses, iouCurve, reportOf } from './segmentation-report.ts'

const SHOWN_IMAGES = 12
const SHOWN_WAYS = 4
/** The pictures of a way stand side by side on a page. */
const NARROW = 56

/** What can be said of predicted masks: metrics, threshold, pictures, inference. */
export async function pictureSections(
  predictions: SegmentationPredictions,
): Promise<readonly Section[]> {
  return [
    { title: 'Results', body: [metricsTable(predictions)] },
    ranked(predictions),
    ...(await adversarySections(predictions, someOf(predictions.data.size))),
    ...(await inferenceSections(predictions)),
    ...(hasClasses(predictions.predicted) ? [] : [thresholdSection(predictions)]),
    ...(await energySections(predictions)),
    ...(await calibrationSections(predictions)),
  ]
}

/** A few examples of so many, evenly spaced. */
function someOf(size: number): readonly number[] {
  return evenly(
    Array.from({ length: size }, (_, i) => i),
    SHOWN_WAYS,
  )
}

function thresholdSection({ predicted, model }: SegmentationPredictions): Section {
  return {
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
  }
}

function metricsTable({ predicted, model }: SegmentationPredictions): Html {
  if (hasClasses(predicted)) {
    const { iou, pixelAccuracy: right } = classReportOf(predicted)
    return htmlTable(
      ['', ''],
      [
        ['mean IoU of the classes', fraction(iou.mean)],
        ...iou.perClass.map((value, k) => [
          `IoU of class ${k}`,
          value === null ? 'occurs nowhere' : fraction(value),
        ]),
        ['pixels that are right', fraction(right)],
      ],
    )
  }
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
    iou: iouOf(
      takeRows(scores, example, example + 1),
      takeRows(labels, example, example + 1),
      model.threshold,
    ),
  })).toSorted((a, b) => a.iou - b.iou)
  const shown = evenly(byIou, SHOWN_IMAGES)
  return {
    title: 'Images',
    note: `From the worst to the best by IoU, evenly over all ${data.size}: the input, the true mask, the scores, and what is predicted.`,
    body: [
      htmlTable(
        ['', 'input', 'truth', 'scores', 'prediction', 'IoU'],
        shown.map(({ example, iou }) => [
          data.names[example] ?? String(example + 1),
          picture(rowOf(data.images, example)),
          maskPicture(rowOf(data.masks, example)),
          maskPicture(rowOf(scores, example)),
          maskPicture(decided(rowOf(scores, example), model.threshold)),
          fraction(iou),
        ]),
      ),
    ],
  }
}

/** The IoU of one image: of the object, or the mean over the classes that occur in it. */
function iouOf(scores: NDArray, labels: NDArray, threshold: number): number {
  return hasClasses({ labels })
    ? classIoU(scores, labels).mean
    : meanIoU(binarize(scores, threshold), labels)
}

/** Scores of one image as they are decided: above the threshold, or the highest class. */
function decided(scores: NDArray, threshold: number): NDArray {
  const classes = scores.shape[2]
  if (classes === undefined) return binarize(scores, threshold)
  const data = Float32Array.from(scores.data, (value, i) => {
    const start = i - (i % classes)
    return Number(value === Math.max(...scores.data.subarray(start, start + classes)))
  })
  return { ...scores, data }
}

/** The scores on the way of inference, where the family has steps. */
async function inferenceSections({
  model,
  data,
}: SegmentationPredictions): Promise<readonly Section[]> {
  const shown = data.subset(someOf(data.size))
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
            ...way.map(({ y }) => maskPicture(rowOf(y, row), NARROW)),
            maskPicture(rowOf(shown.masks, row), NARROW),
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
