import { meanIoU, type RunningMetric } from '@deepstruct/metrics'

/** {@link meanIoU} while pixels become predicted one by one, for the search of a threshold; two empty masks count as 1. */
export const runningMeanIoU: RunningMetric = {
  best: 'largest',
  of: meanIoU,
  start(masks) {
    const [images = 0, pixels = 0] = masks.shape
    const hits = new Int32Array(images)
    const union = new Int32Array(images)
    masks.data.forEach((truth, at) => {
      const image = Math.floor(at / pixels)
      union[image] = (union[image] as number) + truth
    })
    const iou = (image: number): number =>
      union[image] === 0 ? 1 : (hits[image] as number) / (union[image] as number)
    let total = 0
    for (let image = 0; image < images; image++) total += iou(image)
    return {
      include(image, pixel) {
        total -= iou(image)
        if (masks.data[image * pixels + pixel] === 1) hits[image] = (hits[image] as number) + 1
        else union[image] = (union[image] as number) + 1
        total += iou(image)
      },
      value: () => total / images,
    }
  },
}
