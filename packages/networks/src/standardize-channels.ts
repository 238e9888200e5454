import {
  div,
  type Host,
  type NDArray,
  ndarray,
  ShapeError,
  sub,
  type Tensor,
} from '@deepstruct/tensor'
import { shapeText } from './arguments.ts'

/** Mean and standard deviation of each channel of training images: a part of a model's state that no player moves. */
export interface ChannelStatistics {
  /** The mean, `[channels]`. */
  readonly mean: Tensor
  /** The standard deviation, `[channels]`; 1 for a channel that is constant. */
  readonly deviation: Tensor
}

/**
 * The statistics for {@link standardizeChannels}, over all pixels of all images.
 *
 * @param images - training images, `[batch, height, width, channels]`
 * @throws {@link @deepstruct/tensor!ShapeError} when the images have not four axes, or there is none
 */
export function channelStatistics(images: NDArray): Host<ChannelStatistics> {
  const { data, shape } = images
  const channels = shape[3] ?? 0
  const pixels = data.length / channels
  if (shape.length !== 4 || data.length === 0)
    throw new ShapeError({
      function: 'channelStatistics',
      argument: 'images',
      got: `of shape ${shapeText(shape)}`,
      expected: '[batch, height, width, channels], none of them 0',
    })
  const mean = new Float64Array(channels)
  for (const [i, value] of data.entries()) mean[i % channels]! += value / pixels
  const variance = new Float64Array(channels)
  for (const [i, value] of data.entries())
    variance[i % channels]! += (value - mean[i % channels]!) ** 2 / pixels
  // A constant channel has a variance of rounding errors.
  const deviation = variance.map((v) => (v > 1e-12 ? Math.sqrt(v) : 1))
  return {
    mean: ndarray(Float32Array.from(mean), [channels]),
    deviation: ndarray(Float32Array.from(deviation), [channels]),
  }
}

/**
 * Images with mean 0 and deviation 1 in each channel, as far as they are like the training images.
 *
 * $$ (x - \mu) / \sigma $$
 *
 * @param x - `[batch, height, width, channels]`
 * @param statistics - what {@link channelStatistics} found
 * @throws {@link @deepstruct/tensor!ShapeError} when the number of channels differs
 */
export function standardizeChannels(x: Tensor, { mean, deviation }: ChannelStatistics): Tensor {
  if (shapeText(mean.shape) !== shapeText([x.shape.at(-1)!]))
    throw new ShapeError({
      function: 'standardizeChannels',
      argument: 'x',
      got: `of shape ${shapeText(x.shape)}`,
      expected: `[batch, height, width, ${mean.shape[0]}]`,
      why: `the statistics are of ${mean.shape[0]} channels`,
    })
  return div(sub(x, mean), deviation)
}
