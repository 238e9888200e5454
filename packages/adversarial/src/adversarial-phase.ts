import { segmenterLogits, type SegmenterState, pixelCrossEntropy } from '@deepstruct/feedforward'
import { discriminatorLoss, generatorLoss, type GeneratorLossOptions } from '@deepstruct/losses'
import { type Fcn, type FcnMasks, randomCrops, standardizeChannels } from '@deepstruct/networks'
import {
  add,
  cast,
  div,
  DomainError,
  greater,
  type Host,
  less,
  mul,
  sigmoid,
  softmax,
  type Tensor,
} from '@deepstruct/tensor'
import type { Labeled, Optimizer, Phase, Player } from '@deepstruct/training'
import type { MaskDiscriminator, MaskDiscriminatorParams } from './mask-discriminator.ts'
import { rowIoU } from './row-iou.ts'
import { scaledTruth } from './scaled-truth.ts'

/** The state of a segmenter with its adversary. */
export type AdversarialState = SegmenterState & {
  /** The parameters of the discriminator. */
  readonly discriminator: MaskDiscriminatorParams
}

/** How one of the two moves. */
export interface AdversaryMoves {
  /** How it moves. */
  readonly optimizer: Optimizer
  /** Steps in a row at each batch; default 1. */
  readonly steps?: number
}

/** How {@link adversarialPhase} trains. */
export interface AdversarialPhaseOptions<S> {
  /** For progress and reports; default `adversary`. */
  readonly name?: string
  /** The largest number of passes over the data. */
  readonly epochs: number
  /** Stop after so many epochs without a better score; default never. */
  readonly patience?: number
  /** The size of the crops that both see. */
  readonly crops: { readonly height: number; readonly width: number }
  /** $\lambda \ge 0$: how much the adversarial term counts beside the cross-entropy. */
  readonly weight: number
  /** The form of the adversarial term; default `nonSaturating`. */
  readonly form?: NonNullable<GeneratorLossOptions['form']>
  /** $\tau$ of {@link scaledTruth}: what the discriminator is shown as true; default 0.9. */
  readonly truthMass?: number
  /** How the segmenter moves. */
  readonly segmenter: AdversaryMoves
  /** How the discriminator moves, before the segmenter. */
  readonly discriminator: AdversaryMoves
  /** Changes the state on entry. */
  readonly enter?: NonNullable<Phase<S, Labeled>['enter']>
  /** Measures a state on held-out data. */
  readonly evaluate?: NonNullable<Phase<S, Labeled>['evaluate']>
}

/**
 * Trains a segmenter against a discriminator (Luc et al. 2016): at each batch the discriminator learns to tell true masks from made ones,
 * then the segmenter lowers its cross-entropy and is taken for true.
 *
 * $$
 * \min_D \; \text{BCE}(D(x, \tilde y), 1) + \text{BCE}(D(x, s(x)), 0), \qquad
 * \min_s \; \text{CE}(s(x), y) + \lambda\, \ell_{\text{adv}}(D(x, s(x)))
 * $$
 *
 * $\ell_{\text{adv}}$ is $\text{BCE}(D, 1)$ (`nonSaturating`) or $-\text{BCE}(D, 0)$ (`saturating`); $\tilde y$ is {@link scaledTruth}. Both train
 * on the same random crops and mirror images. Each epoch tells the loss of either, how often the discriminator was right (`accuracy`), the
 * probabilities of being true that it gave to the truth and to what was made (`ofTruth`, `ofMade`), and the segmenter's `meanIoU`.
 *
 * @param segmenter - from standardized images to one logit for each pixel, or for each class of it
 * @param discriminator - of masks of the same classes
 * @throws {@link @deepstruct/tensor!DomainError} when the weight is no number from 0 up, or crops are smaller than the receptive field of the
 * discriminator
 */
export function adversarialPhase<S extends AdversarialState = AdversarialState>(
  segmenter: Fcn,
  discriminator: MaskDiscriminator,
  options: AdversarialPhaseOptions<S>,
): Phase<S, Labeled> {
  const { name = 'adversary', epochs, patience, crops, weight, form = 'nonSaturating' } = options
  const { truthMass = 0.9, enter, evaluate } = options
  checkOptions(options, discriminator.receptiveField)

  const logitsOf = (state: S, x: Tensor, masks: unknown): Tensor =>
    segmenterLogits(segmenter, state, x, masks as FcnMasks<Tensor> | undefined)
  const judged = (state: S, x: Tensor, y: Tensor): Tensor =>
    discriminator.apply(state.discriminator, standardizeChannels(x, state.statistics), y)
  const noise = ({ x }: Host<Labeled>): ReturnType<Fcn['noise']> => segmenter.noise(x)

  const discriminatorPlayer: Player<S, Labeled> = {
    name: 'discriminator',
    moves: ['discriminator'],
    optimizer: options.discriminator.optimizer,
    times: options.discriminator.steps ?? 1,
    noise,
    prepare: (state, { x }, masks) => probabilities(logitsOf(state, x, masks)),
    loss(state, { x, y }, prepared) {
      const made = prepared as Tensor
      const ofTruth = judged(state, x, scaledTruth(y, made, truthMass))
      const ofMade = judged(state, x, made)
      return {
        rows: discriminatorLoss(ofTruth, ofMade, { reduction: 'none' }),
        metrics: {
          accuracy: div(add(asNumber(greater(ofTruth, 0)), asNumber(less(ofMade, 0))), 2),
          ofTruth: sigmoid(ofTruth),
          ofMade: sigmoid(ofMade),
        },
      }
    },
  }
  const segmenterPlayer: Player<S, Labeled> = {
    name: 'segmenter',
    moves: ['network'],
    optimizer: options.segmenter.optimizer,
    times: options.segmenter.steps ?? 1,
    noise,
    loss(state, { x, y }, _, masks) {
      const logits = logitsOf(state, x, masks)
      const made = probabilities(logits)
      const crossEntropy = pixelCrossEntropy(logits, y)
      const adversarial = generatorLoss(judged(state, x, made), { form, reduction: 'none' })
      return {
        rows: add(crossEntropy, mul(weight, adversarial)),
        metrics: { crossEntropy, adversarial, meanIoU: rowIoU(made, y) },
      }
    },
  }
  return {
    name,
    epochs,
    ...(patience !== undefined && { patience }),
    ...(enter !== undefined && { enter }),
    batch: (data, rows, random) => randomCrops(data.batch(rows), crops, random),
    turns: [discriminatorPlayer, segmenterPlayer],
    ...(evaluate !== undefined && { evaluate }),
  }
}

/** One probability for each pixel, or one for each of its classes. */
function probabilities(logits: Tensor): Tensor {
  return logits.rank === 3 ? sigmoid(logits) : softmax(logits)
}

function asNumber(flags: Tensor): Tensor {
  return cast(flags, 'float32')
}

function checkOptions<S>(
  { weight, crops: { height, width } }: AdversarialPhaseOptions<S>,
  field: number,
): void {
  const refuse = (argument: string, got: string, expected: string, why?: string): DomainError =>
    new DomainError({
      function: 'adversarialPhase',
      argument,
      got,
      expected,
      ...(why !== undefined && { why }),
    })
  // Written so that NaN fails.
  if (!(weight >= 0 && weight < Infinity))
    throw refuse('weight', String(weight), 'a number from 0 up')
  if (height < field || width < field)
    throw refuse(
      'crops',
      `${height} × ${width} pixels`,
      `${field} × ${field} or more`,
      'that is the receptive field of the discriminator: take larger images, larger crops or smaller kernels',
    )
}
