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
import { div, squeeze, type Tensor } from '@deepstruct/tensor'
import { adamW, evaluateMasks, type Labeled, type Phase, type Schedule } from '@deepstruct/training'
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
 * Trains a segmenter of independent pixels by binary cross-entropy, the mean over the pixels, on random crops and their mirror images.
 * It is the whole training of the `fcn` baseline, and the pretraining of families that build on it: their state has the same two parts,
 * and further ones.
 *
 * @param network - from standardized images to one logit for each pixel
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
          const sums = binaryCrossEntropyWithLogits(logits, y, { reduction: 'none' })
          return { rows: div(sums, height * width) }
        },
      },
    ],
    evaluate: evaluateMasks((state: S, x: Tensor) =>
      solveMasks(network, state, x, { height, width }),
    ),
  }
}

/**
 * The masks of whole images: each pixel by itself in every crop, averaged over the crops.
 *
 * @param x - `[batch, height, width, channels]` in $[0, 1]$
 */
export function solveMasks(
  network: Fcn,
  state: SegmenterState,
  x: Tensor,
  crops: CropGrid,
): TracedSolution {
  return averageOverCrops(
    (crop) => independentSolution(segmenterLogits(network, state, crop)),
    x,
    crops,
  )
}

/** One logit for each pixel, `[batch, height, width]`. */
export function segmenterLogits(
  network: Fcn,
  { statistics, network: params }: SegmenterState,
  x: Tensor,
  masks?: FcnMasks<Tensor>,
): Tensor {
  return squeeze(network.apply(params, standardizeChannels(x, statistics), masks), [3])
}
