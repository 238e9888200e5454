import {
  type Host,
  mul,
  type NDArray,
  ndarray,
  ShapeError,
  sub,
  type Tensor,
} from '@deepstruct/tensor'
import type { Dataset } from '@deepstruct/training'

/** Mean and scale of each feature of training data: a part of a model's state that no player moves. */
export type FeatureStatistics = {
  /** The mean, `[features]`. */
  readonly mean: Tensor
  /** One over the standard deviation, `[features]`; 0 for a feature that was constant, so that nothing is read off it. */
  readonly scale: Tensor
}

/** How many rows are looked at together. */
const block = 256

/**
 * The statistics for {@link standardizeFeatures}.
 *
 * @param data - training examples with inputs `[batch, features]`
 * @throws {@link @deepstruct/tensor!ShapeError} when there is no example
 */
export function featureStatistics(data: Dataset<{ readonly x: NDArray }>): Host<FeatureStatistics> {
  if (data.size === 0)
    throw new ShapeError({
      function: 'featureStatistics',
      argument: 'data',
      got: 'no example',
      expected: 'at least one',
    })
  const features = data.batch([0]).x.shape[1] ?? 0
  const meanOf = (of: (value: number, feature: number) => number): Float64Array => {
    const total = new Float64Array(features)
    for (let from = 0; from < data.size; from += block) {
      const rows = Array.from({ length: Math.min(block, data.size - from) }, (_, i) => from + i)
      for (const [i, value] of data.batch(rows).x.data.entries())
        total[i % features]! += of(value, i % features)
    }
    return total.map((sum) => sum / data.size)
  }
  const mean = meanOf((value) => value)
  const variance = meanOf((value, feature) => (value - mean[feature]!) ** 2)
  // The variance of a constant feature is a rounding error of its mean.
  const scale = variance.map((v, i) => (v > 1e-12 * (1 + mean[i]! ** 2) ? 1 / Math.sqrt(v) : 0))
  return {
    mean: ndarray(Float32Array.from(mean), [features]),
    scale: ndarray(Float32Array.from(scale), [features]),
  }
}

/**
 * Features with mean 0 and deviation 1, as far as they are like the training data.
 *
 * $$ (x - \mu) / \sigma $$
 *
 * @param x - `[batch, features]`
 * @param statistics - what {@link featureStatistics} found
 */
export function standardizeFeatures(x: Tensor, { mean, scale }: FeatureStatistics): Tensor {
  return mul(sub(x, mean), scale)
}
