import {
  binarize,
  globalIoU,
  meanIoU,
  pixelAccuracy,
  runningMeanIoU,
  selectThreshold,
  thresholdCurve,
  type ThresholdPoint,
} from '@deepstruct/metrics'
import { type NDArray, ndarray } from '@deepstruct/tensor'
import { classIoU, type Scored } from '@deepstruct/training'
import { type Figures, figuresOf } from '../../model/figures-of.ts'
import { fraction, rounded, short } from '../../output/number.ts'
import type { Predicted, Report } from '../task.ts'

/** Images that are predicted at once where nobody says otherwise: they are large. */
export const BATCH_SIZE = 16

/** How well masks are found at one threshold; all values are fractions. */
interface MaskMetrics {
  /** Intersection over union of the object. */
  readonly iou: {
    /** The mean over images. */
    readonly mean: number
    /** Of the sums over all images. */
    readonly global: number
  }
  /** Share of pixels that are right. */
  readonly pixelAccuracy: number
}

/** The metrics of a model of masks on a data set: at 0.5, and at the model's own threshold. */
export interface MaskReport extends MaskMetrics, Figures {
  /** Number of images. */
  readonly examples: number
  /** The metrics at the threshold that was best on held-out training examples. */
  readonly atThreshold: MaskMetrics & {
    /** The threshold. */
    readonly threshold: number
  }
}

/** Metrics of predicted masks at a threshold, as plain data. */
export function reportOf(predicted: Predicted, threshold: number): MaskReport {
  const { scores, labels } = predicted
  const at = (bound: number): MaskMetrics => {
    const masks = binarize(scores, bound)
    return {
      iou: { mean: meanIoU(masks, labels), global: globalIoU(masks, labels) },
      pixelAccuracy: pixelAccuracy(masks, labels),
    }
  }
  return {
    examples: labels.shape[0] as number,
    ...at(0.5),
    atThreshold: { threshold, ...at(threshold) },
    ...figuresOf(predicted),
  }
}

/** Whether masks have several classes: scores `[images, height, width, classes]`. */
export function hasClasses({ labels }: Pick<Scored, 'labels'>): boolean {
  return labels.shape.length === 4
}

/** Metrics of predicted masks of several classes, as plain data. */
export interface ClassMaskReport extends Figures {
  /** Number of images. */
  readonly examples: number
  /** Intersection over union of the classes, each summed over all images. */
  readonly iou: {
    /** The mean over the classes that occur. */
    readonly mean: number
    /** Of each class. */
    readonly perClass: readonly (number | null)[]
  }
  /** Share of pixels whose class is right. */
  readonly pixelAccuracy: number
}

/** Metrics of predicted masks of several classes, as plain data; a class that occurs nowhere has no IoU. */
export function classReportOf(predicted: Predicted): ClassMaskReport {
  const { mean, perClass, pixelAccuracy: accuracy } = classIoU(predicted.scores, predicted.labels)
  return {
    examples: predicted.labels.shape[0] as number,
    iou: { mean, perClass: perClass.map((iou) => (Number.isNaN(iou) ? null : iou)) },
    pixelAccuracy: accuracy,
    ...figuresOf(predicted),
  }
}

/** Metrics of predicted masks at a threshold; of several classes the class of the highest score is predicted. */
export function measure(predicted: Predicted, threshold: number): Report {
  if (hasClasses(predicted)) {
    const facts = classReportOf(predicted)
    return {
      facts: { ...facts },
      columns: [
        ['images', facts.examples, String],
        ['mean IoU of classes', facts.iou.mean, fraction],
        ['pixel accuracy', facts.pixelAccuracy, fraction],
        ['images/s', facts.examplesPerSecond, rounded],
      ],
    }
  }
  const facts = reportOf(predicted, threshold)
  return {
    facts: { ...facts },
    columns: [
      ['images', facts.examples, String],
      ['mean IoU @ 0.5', facts.iou.mean, fraction],
      ['mean IoU @ threshold', facts.atThreshold.iou.mean, fraction],
      ['threshold', threshold, short],
      ['global IoU', facts.iou.global, fraction],
      ['pixel accuracy', facts.pixelAccuracy, fraction],
      ['images/s', facts.examplesPerSecond, rounded],
    ],
  }
}

/** The threshold at which the mean IoU is best; several classes need none, and have 0.5. */
export function chooseThreshold({ scores, labels }: Pick<Scored, 'scores' | 'labels'>): number {
  if (hasClasses({ labels })) return 0.5
  return selectThreshold(asRows(scores), asRows(labels), { metric: runningMeanIoU() }).threshold
}

/** The mean IoU over the threshold. */
export function iouCurve({ scores, labels }: Scored): readonly ThresholdPoint[] {
  const grid = Array.from({ length: 101 }, (_, i) => i / 100)
  return thresholdCurve(asRows(scores), asRows(labels), grid, { metric: runningMeanIoU() })
}

/** Masks `[images, height, width]` as `[images, pixels]`. */
function asRows({ data, shape }: NDArray): NDArray {
  const [images = 0] = shape
  return ndarray(data, [images, data.length / Math.max(images, 1)])
}
