import { binarize, meanIoU, selectThreshold, thresholdCurve } from '@deepstruct/metrics'
import { ndarray, random } from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import { runningMeanIoU } from './running-mean-iou.ts'

const scores = random(1).uniforms([5, 40])
const draws = random(2).uniforms([5, 40])
// The last image has no object.
const masks = ndarray(
  Float32Array.from(draws.data, (value, i) => (i < 160 && value > 0.6 ? 1 : 0)),
  [5, 40],
)

it('is the mean IoU at each threshold', () => {
  const grid = [0, 0.1, 0.35, 0.5, 0.75, 1]
  for (const { threshold, value } of thresholdCurve(scores, masks, grid, {
    metric: runningMeanIoU,
  }))
    expect(value).toBeCloseTo(meanIoU(binarize(scores, threshold), masks), 12)
})

it('finds the best threshold of all', () => {
  const { value } = selectThreshold(scores, masks, { metric: runningMeanIoU })
  const every = [...scores.data].map((threshold) => meanIoU(binarize(scores, threshold), masks))
  expect(value).toBeCloseTo(Math.max(...every, meanIoU(binarize(scores, -1), masks)), 12)
})
