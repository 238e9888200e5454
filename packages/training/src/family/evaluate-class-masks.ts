import type { TracedSolution } from '@deepstruct/inference'
import { type Device, type Host, type NDArray, ShapeError, type Tensor } from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Evaluation } from '../learner.ts'
import { scorer } from './evaluate-multilabel.ts'
import type { Labeled } from './labeled.ts'

/** How well the classes of pixels were found. */
export interface ClassIoU {
  /** The mean IoU over the classes that occur, in the truth or as predicted. */
  readonly mean: number
  /** The IoU of each class over all images; NaN for a class that occurs nowhere. */
  readonly perClass: readonly number[]
  /** The share of pixels whose class is right. */
  readonly pixelAccuracy: number
}

/**
 * Intersection over union of the classes of pixels. The class of the highest score is predicted, the first one at a tie; each class is summed
 * over all images.
 *
 * $$ \frac{1}{K} \sum_k \frac{|y = k \,\wedge\, \hat y = k|}{|y = k \,\vee\, \hat y = k|} $$
 *
 * @param scores - `[…, classes]`
 * @param labels - one-hot, the same shape
 * @throws {@link @deepstruct/tensor!ShapeError} when the shapes differ or are empty
 */
export function classIoU(scores: NDArray, labels: NDArray): ClassIoU {
  const classes = labels.shape.at(-1) ?? 0
  if (scores.shape.join() !== labels.shape.join() || labels.data.length === 0)
    throw new ShapeError({
      function: 'classIoU',
      argument: 'scores',
      got: `of shape [${scores.shape.join(', ')}]`,
      expected: `[${labels.shape.join(', ')}] to match labels, none of them 0`,
    })
  const hits = new Float64Array(classes)
  const sizes = new Float64Array(classes)
  for (let start = 0; start < labels.data.length; start += classes) {
    const predicted = highest(scores, start, classes)
    const actual = highest(labels, start, classes)
    sizes[predicted]!++
    sizes[actual]!++
    if (predicted === actual) hits[actual]!++
  }
  const perClass = Array.from(hits, (shared, k) => shared / (sizes[k]! - shared))
  const occurring = perClass.filter((iou) => !Number.isNaN(iou))
  const total = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((sum, value) => sum + value, 0)
  return {
    mean: total(occurring) / occurring.length,
    perClass,
    pixelAccuracy: (total(hits) * classes) / labels.data.length,
  }
}

/**
 * The evaluation of segmentation phases where pixels have one of several classes. The score is the mean over the classes of
 * {@link classIoU}; the share of right pixels is measured beside it.
 *
 * @param solve - what runs at test time: from images `[batch, height, width, channels]` to `[batch, height, width, classes]` in $[0, 1]$
 * @param batchSize - images at once; default 16, since images are large
 */
export function evaluateClassMasks<S>(
  solve: (state: S, x: Tensor) => TracedSolution,
  batchSize = 16,
): (state: Device<S> | Host<S>, data: Dataset<Host<Labeled>>) => Promise<Evaluation> {
  const score = scorer(solve, batchSize)
  return async (state, data) => {
    const { scores, labels } = await score(state, data)
    const { mean, pixelAccuracy } = classIoU(scores, labels)
    return { score: mean, meanIoU: mean, pixelAccuracy }
  }
}

function highest({ data }: NDArray, start: number, count: number): number {
  let best = 0
  for (let k = 1; k < count; k++) if (data[start + k]! > data[start + best]!) best = k
  return best
}
