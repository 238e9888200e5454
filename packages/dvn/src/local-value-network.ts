import { box } from '@deepstruct/inference'
import {
  type ChannelStatistics,
  type Fcn,
  type FcnMasks,
  type FcnParams,
  standardizeChannels,
} from '@deepstruct/networks'
import { add, filled, mean, mul, squeeze, type Tensor, zerosLike } from '@deepstruct/tensor'
import { type ValueNetwork, valueNetwork } from './value-network.ts'

/** The parameters of a {@link localValueNetwork}; a type and no interface, so that it counts as a tree. */
export type LocalValueParams = {
  /** Mean and deviation of the training images; no player moves them. */
  readonly statistics: ChannelStatistics
  /** Everything else. */
  readonly local: {
    /** What each pixel adds by itself. */
    readonly network: FcnParams
    /** $s$, a scalar. */
    readonly scale: Tensor
    /** $b$, a scalar: the logit of the empty mask. */
    readonly intercept: Tensor
  }
}

/** What a {@link localValueNetwork} is. */
export interface LocalValueOptions {
  /** Rows of an image. */
  readonly height: number
  /** Columns of an image. */
  readonly width: number
  /** From standardized images to $u$, one number for each pixel. */
  readonly network: Fcn
}

/**
 * A value network of masks in which each pixel counts by itself, as each label does in {@link labelValueNetwork}: the local term.
 *
 * $$
 * z(x, y) = b + \frac{s}{n} \sum_{p=1}^n y_p\, u_p(x)
 * $$
 *
 * Its gradient is $u$ wherever $y$ is, so inference knows the way from the first step on; $u$ can start as the logits of a trained segmenter. What
 * a pixel adds does not depend on the others, that is for a {@link maskValueNetwork} beside it ({@link sumOfValues}). It begins with $s = 5$ and
 * $b = -3$, so that the empty mask is worth little, and a mask of a quarter of the pixels with logits of 4 much. Inference starts at the empty mask.
 *
 * @example
 * ```ts
 * import { localValueNetwork, maskValueNetwork, sumOfValues } from '@deepstruct/dvn'
 * import { energySolver, projectedGradient } from '@deepstruct/inference'
 * import { fcn } from '@deepstruct/networks'
 * import { filled, jit, random } from '@deepstruct/tensor'
 *
 * const sizes = { height: 8, width: 8 }
 * const local = localValueNetwork({ ...sizes, network: fcn({ inputs: 3, channels: [4, 8] }) })
 * const global = maskValueNetwork({ ...sizes, inputs: 3, channels: [4, 8], units: [16] })
 * const network = sumOfValues(local, global)
 * const solve = jit(energySolver(network, projectedGradient({ steps: 5 })))
 * const { y } = await solve(network.init(random(1)), filled([2, 8, 8, 3], 0.5)) // [2, 8, 8]
 * ```
 */
export function localValueNetwork({
  height,
  width,
  network,
}: LocalValueOptions): ValueNetwork<LocalValueParams, Tensor> {
  const domain = box([height, width])
  return valueNetwork<LocalValueParams, Tensor>({
    init: (random) => ({
      statistics: {
        mean: filled([network.inputs], 0),
        deviation: filled([network.inputs], 1),
      },
      local: {
        network: network.init(random),
        scale: filled([], 5),
        intercept: filled([], -3),
      },
    }),
    encode: ({ statistics, local }, x, noise) =>
      squeeze(
        network.apply(
          local.network,
          standardizeChannels(x, statistics),
          noise as FcnMasks<Tensor> | undefined,
        ),
        [3],
      ),
    score: ({ local: { scale, intercept } }, u, y) =>
      add(intercept, mul(scale, mean(mul(y, u), [1, 2]))),
    domain: () => domain,
    start: (_, u) => zerosLike(u),
  })
}
