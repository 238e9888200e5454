import type { TracedSolution } from '@deepstruct/inference'
import { binarize, globalIoU, meanIoU, pixelAccuracy } from '@deepstruct/metrics'
import type { Device, Host, Tensor } from '@deepstruct/tensor'
import type { Dataset } from '../dataset.ts'
import type { Evaluation } from '../learner.ts'
import { scorer } from './evaluate-multilabel.ts'
import type { Labeled } from './labeled.ts'

/**
 * The evaluation of segmentation phases, at the threshold 0.5. The score is the mean intersection over union of the foreground, in
 * $[0, 1]$; the global one and the share of right pixels are measured beside it.
 *
 * @param solve - what runs at test time: from images `[batch, height, width, channels]` to masks `[batch, height, width]` in $[0, 1]$
 * @param batchSize - images at once; default 16, since images are large
 */
export function evaluateMasks<S>(
  solve: (state: S, x: Tensor) => TracedSolution,
  batchSize = 16,
): (state: Device<S> | Host<S>, data: Dataset<Host<Labeled>>) => Promise<Evaluation> {
  const score = scorer(solve, batchSize)
  return async (state, data) => {
    const { scores, labels } = await score(state, data)
    const masks = binarize(scores, 0.5)
    const mean = meanIoU(masks, labels)
    return {
      score: mean,
      meanIoU: mean,
      globalIoU: globalIoU(masks, labels),
      pixelAccuracy: pixelAccuracy(masks, labels),
    }
  }
}
