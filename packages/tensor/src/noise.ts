import { emptyStorage, type NDArray, sizeOf } from './ndarray.ts'
import type { Random } from './random.ts'

/** Random numbers that a computation wants as an input: described where they are used, drawn on the host. */
export type NoiseSpec =
  | {
      /** Uniform in $[\text{low}, \text{high})$. */
      readonly kind: 'uniform'
      /** The extents. */
      readonly shape: readonly number[]
      /** The smallest number. */
      readonly low: number
      /** The end of the range. */
      readonly high: number
    }
  | {
      /** Normal. */
      readonly kind: 'normal'
      /** The extents. */
      readonly shape: readonly number[]
      /** The expectation. */
      readonly mean: number
      /** The standard deviation. */
      readonly deviation: number
    }
  | {
      /** A dropout mask: 0 with probability `rate`, else $1 / (1 - \text{rate})$, so that the expectation stays. */
      readonly kind: 'dropout'
      /** The extents. */
      readonly shape: readonly number[]
      /** The probability of 0, in $[0, 1)$. */
      readonly rate: number
      /** What the mask will multiply, where that is mostly zeros: only its nonzeros are drawn for. */
      readonly support?: NDArray
    }

/** Draws what a {@link NoiseSpec} describes. */
export function drawNoise(spec: NoiseSpec, random: Random): NDArray {
  switch (spec.kind) {
    case 'uniform':
      return random.uniforms(spec.shape, spec.low, spec.high)
    case 'normal':
      return random.normals(spec.shape, spec.mean, spec.deviation)
    case 'dropout':
      return dropoutMask(spec.shape, spec.rate, spec.support, random)
  }
}

function dropoutMask(
  shape: readonly number[],
  rate: number,
  support: NDArray | undefined,
  random: Random,
): NDArray {
  const keep = 1 - rate
  if (support === undefined) {
    const mask = random.bernoullis(shape, keep)
    const scale = 1 / keep
    for (let i = 0; i < mask.data.length; i++) mask.data[i]! *= scale
    return mask
  }
  const data = emptyStorage('float32', sizeOf(shape))
  for (let i = 0; i < data.length; i++)
    if (support.data[i] !== 0 && random.uniform() < keep) data[i] = 1 / keep
  return { shape, dtype: 'float32', data }
}
