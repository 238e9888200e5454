import { averageOverCrops, type CropGrid, type TracedSolution } from '@deepstruct/inference'
import { binaryCrossEntropyWithLogits } from '@deepstruct/losses'
import {
  type ChannelStatistics,
  type Fcn,
  type FcnMasks,
  type FcnParams,
  randomCrops,
  standardizeChannels,
} from '@deepstruct/networks'
import {
  div,
  logSoftmax,
  mean,
  mul,
  neg,
  reshape,
  squeeze,
  sum,
  type Tensor,
  transpose,
} from '@deepstruct/tensor'
import {
  adamW,
  evaluateClassMasks,
  evaluateMasks,
  type Labeled,
  type Phase,
  type Schedule,
} from '@deepstruct/training'
import { categoricalSolution } from './categorical-solution.ts'
import { independentSolution } from './independent-solution.ts'

/** The parts of a segmenter's state. */
export type SegmenterState = {
  /** Mean and deviation of the training images; no player moves them. */
  readonly statistics: ChannelStatistics
  /** The parameters of the network. */
  readonly network: FcnParams
}

/** How {@link segmenterPhase} trains. */
export interface SegmenterPhaseOptions {
  /** The name of the phase; default `segmenter`. */
  readonly name?: string
  /** The crops that it trains on; held-out images are solved with the fewest that cover them. */
  readonly crops: CropGrid
  /** The largest number of passes over the data. */
  readonly epochs: number
  /** Stop after so many epochs without a better score; default never. */
  readonly patience?: number
  /** The learning rate of AdamW; default 1e-3. */
  readonly rate?: Schedule
  /** How strongly its weights shrink; default 1e-4. */
  readonly weightDecay?: number
}

/**
 * Trains a segmenter of independent pixels by {@link pixelCrossEntropy}, on random crops and their mirror images.
 * It is the whole training of the `fcn` baseline, and the pretraining of families that build on it: their state has the same two parts,
 * and further ones.
 *
 * @param network - from standardized images to one logit for each pixel, or for each class of it
 */
export function segmenterPhase<S extends SegmenterState = SegmenterState>(
  network: Fcn,
  options: SegmenterPhaseOptions,
): Phase<S, Labeled> {
  const { name = 'segmenter', crops, epochs, patience, rate = 1e-3, weightDecay = 1e-4 } = options
  const { height, width } = crops
  return {
    name,
    epochs,
    ...(patience !== undefined && { patience }),
    batch: (data, rows, random) => randomCrops(data.batch(rows), crops, random),
    turns: [
      {
        moves: ['network'],
        optimizer: adamW({ rate, weightDecay, decays: 'matrices' }),
        noise: ({ x }) => network.noise(x),
        loss: (state, { x, y }, _, masks) => {
          const logits = segmenterLogits(network, state, x, masks as FcnMasks<Tensor>)
          return { rows: pixelCrossEntropy(logits, y) }
        },
      },
    ],
    evaluate: (network.outputs === 1 ? evaluateMasks : evaluateClassMasks)((state: S, x: Tensor) =>
      solveMasks(network, state, x, { height, width }),
    ),
  }
}

/**
 * The cross-entropy of pixels, the mean over those of each image: binary for one logit at a pixel, of the softmax for one at each class.
 *
 * $$ \frac{1}{n} \sum_p -y_p \log \sigma(z_p) - (1 - y_p) \log \sigma(-z_p), \qquad
 * \frac{1}{n} \sum_p -\sum_k y_{pk} \log \frac{e^{z_{pk}}}{\sum_j e^{z_{pj}}} $$
 *
 * @param logits - $z$, `[batch, height, width]` or `[batch, height, width, classes]`
 * @param y - the truth, of the same shape
 * @returns `[batch]`
 */
export function pixelCrossEntropy(logits: Tensor, y: Tensor): Tensor {
  if (logits.rank === 4) return neg(mean(sum(mul(y, logSoftmax(logits)), 3), [1, 2]))
  const [, height = 1, width = 1] = logits.shape
  return div(binaryCrossEntropyWithLogits(logits, y, { reduction: 'none' }), height * width)
}

/**
 * The masks of whole images: each pixel by itself in every crop, averaged over the crops.
 *
 * @param x - `[batch, height, width, channels]` in $[0, 1]$
 * @returns `y` is `[batch, height, width]`, of several classes `[batch, height, width, classes]`
 */
export function solveMasks(
  network: Fcn,
  state: SegmenterState,
  x: Tensor,
  crops: CropGrid,
): TracedSolution {
  const { outputs: classes } = network
  if (classes === 1)
    return averageOverCrops(
      (crop) => independentSolution(segmenterLogits(network, state, crop)),
      x,
      crops,
    )
  // The classes of an image's crop become masks of their own, so that crops meet mask by mask.
  const [images = 1, rows = 1, columns = 1] = x.shape
  const solution = averageOverCrops(
    (crop) => {
      const solved = categoricalSolution(segmenterLogits(network, state, crop))
      const [count = 1, height = 1, width = 1] = crop.shape
      const places = count / images
      const apart = reshape(solved.y, [-1, places, height, width, classes])
      return {
        ...solved,
        y: reshape(transpose(apart, [0, 4, 1, 2, 3]), [-1, height, width]),
      }
    },
    x,
    crops,
  )
  const masks = reshape(solution.y, [-1, classes, rows, columns])
  return { ...solution, y: transpose(masks, [0, 2, 3, 1]) }
}

/** One logit for each pixel, `[batch, height, width]`, or for each class of it, `[batch, height, width, classes]`. */
export function segmenterLogits(
  network: Fcn,
  { statistics, network: params }: SegmenterState,
  x: Tensor,
  masks?: FcnMasks<Tensor>,
): Tensor {
  const logits = network.apply(params, standardizeChannels(x, statistics), masks)
  return network.outputs === 1 ? squeeze(logits, [3]) : logits
}
