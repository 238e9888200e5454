import { mlp, type MlpParams } from '@deepstruct/networks'
import {
  add,
  DomainError,
  filled,
  gather,
  type Host,
  mul,
  reshape,
  slice,
  square,
  sub,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import {
  adam,
  evaluateMultilabel,
  type Family,
  family,
  type Labeled,
  type Learner,
  parseSettings,
  type Sizes,
} from '@deepstruct/training'
import { z } from 'zod'
import { beliefsFor, isExact } from '../beliefs/beliefs-for.ts'
import { ENUMERATED_LABELS } from '../beliefs/enumerated-beliefs.ts'
import type { LabelScores } from '../beliefs/label-beliefs.ts'
import { meanFieldBeliefs } from '../beliefs/mean-field-beliefs.ts'
import { labelGraph, type LabelGraphKind } from '../labels/label-graph.ts'
import { type LabelPairs, labelScores } from './label-pair-energy.ts'
import { solvedAtOnce } from './traced-solution.ts'
import { wholeSet } from './whole-set.ts'

/** The settings of a pairwise CRF; a type and no interface, so that it counts as JSON. */
export type CrfSettings = {
  /** Which pairs of labels interact. */
  readonly graph: LabelGraphKind
  /** What finds the probabilities at test time. */
  readonly inference: 'exact' | 'mean-field'
  /** Units of each hidden layer under the scores of single labels; none is a linear CRF. */
  readonly hidden: readonly number[]
  /** Share of features dropped in training. */
  readonly dropoutInput: number
  /** Share of hidden units dropped in training. */
  readonly dropoutHidden: number
  /** Learning rate of Adam. */
  readonly rate: number
  /** Weight of the squared parameters. */
  readonly ridge: number
  /** Largest number of epochs. */
  readonly crfEpochs: number
  /** Epochs without a better score before training stops. */
  readonly crfPatience: number
}

const share = z.number().min(0).lt(1)
const settings: z.ZodObject = z.strictObject({
  graph: z
    .enum(['unary', 'tree', 'full'])
    .default('tree')
    .describe('which pairs of labels interact: none, a tree learned from the data, or all'),
  inference: z
    .enum(['exact', 'mean-field'])
    .default('exact')
    .describe('what finds the probabilities of labels at test time'),
  hidden: z
    .array(z.int().positive())
    .default([])
    .describe('units of each hidden layer under the scores of single labels; none is linear'),
  dropoutInput: share.default(0).describe('share of features dropped'),
  dropoutHidden: share.default(0).describe('share of hidden units dropped'),
  rate: z.number().positive().default(0.003).describe('learning rate'),
  ridge: z.number().min(0).default(1e-4).describe('weight of the squared parameters'),
  crfEpochs: z.int().positive().default(100).describe('largest number of epochs'),
  crfPatience: z
    .int()
    .positive()
    .default(10)
    .describe('epochs without a better score before it stops'),
})

/** The parameters of a pairwise CRF; a type and no interface, so that it counts as a tree. */
export type CrfParams = MlpParams & LabelPairs

/**
 * Settings of the `crf` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function crfSettings(chosen: Partial<CrfSettings> = {}): CrfSettings {
  return parseSettings('crfSettings', settings, chosen) as CrfSettings
}

/** The pairwise conditional random field of label sets. */
export const crfFamily: Family<'multilabel'> = family<'multilabel', CrfSettings, CrfParams>({
  task: 'multilabel',
  name: 'crf',
  summary: 'pairwise conditional random field of label sets, trained by its likelihood',
  settings,
  learner: crfLearner,
  solve: solveCrf,
})

function networkOf(
  { hidden, dropoutInput, dropoutHidden }: CrfSettings,
  { inputs, labels }: Sizes,
) {
  return mlp({
    inputs,
    hidden,
    outputs: labels,
    activation: 'relu',
    dropout: { input: dropoutInput, hidden: dropoutHidden },
  })
}

/** What runs at test time: the probability of each label. */
function solveCrf(configuration: CrfSettings, sizes: Sizes) {
  const network = networkOf(configuration, sizes)
  const solve =
    configuration.inference === 'exact'
      ? beliefsFor(configuration.graph, sizes.labels)
      : meanFieldBeliefs()
  return (params: CrfParams, x: Tensor) => {
    const { y, value } = solve('distribution', labelScores(params, network.apply(params, x)))
    return solvedAtOnce(y, value)
  }
}

/**
 * The learner of the `crf` family: the likelihood of the true label sets,
 *
 * $$
 * -\log p(y \mid x) = \log \sum_{y'} e^{-E(x, y')} + E(x, y)
 * $$
 *
 * with the exact partition function, by messages on a tree (Lafferty, McCallum and Pereira 2001), or over all label sets of a full graph.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a full graph of more labels than can be enumerated
 */
export function crfLearner(configuration: CrfSettings, sizes: Sizes): Learner<CrfParams, Labeled> {
  const { graph, rate, ridge, crfEpochs, crfPatience } = configuration
  if (!isExact(graph, sizes.labels))
    throw new DomainError({
      function: 'crfLearner',
      argument: 'settings.graph',
      got: `'full' with ${sizes.labels} labels`,
      expected: `'tree', or at most ${ENUMERATED_LABELS} labels`,
      why: `the likelihood sums over 2^${sizes.labels} label sets`,
    })
  const network = networkOf(configuration, sizes)
  const solve = beliefsFor(graph, sizes.labels)
  return {
    family: 'crf',
    init(data, random): Host<CrfParams> {
      const edges = labelGraph(graph, wholeSet(data).y)
      return {
        ...network.init(random),
        ...(edges.shape[0]! > 0 && { edges, pairs: filled([edges.shape[0]!], 0) }),
      }
    },
    phases: [
      {
        name: 'likelihood',
        epochs: crfEpochs,
        patience: crfPatience,
        turns: [
          {
            moves: graph === 'unary' ? ['features', 'output'] : ['features', 'output', 'pairs'],
            optimizer: adam({ rate }),
            noise: ({ x }) => network.noise?.(x),
            loss(params, { x, y }, _, noise) {
              const scores = labelScores(params, network.apply(params, x, noise))
              return { rows: sub(solve('distribution', scores).value, scoreOf(scores, y)) }
            },
            ...(ridge > 0 && {
              penalty: ({ output, pairs }: CrfParams) =>
                mul(
                  ridge,
                  [output.kernel, ...(pairs ? [pairs] : [])]
                    .map((part) => sum(square(part)))
                    .reduce((a, b) => add(a, b)),
                ),
            }),
          },
        ],
        evaluate: evaluateMultilabel(solveCrf(configuration, sizes)),
      },
    ],
  }
}

/** The score of true label sets, `[batch]`. */
function scoreOf({ single, pairs, edges }: LabelScores, y: Tensor): Tensor {
  const own = sum(mul(single, y), 1)
  if (pairs === undefined || edges === undefined) return own
  const count = edges.shape[0]
  const end = (side: number): Tensor =>
    gather(y, reshape(slice(edges, [0, side], [count, 1]), [count]), 1)
  return add(own, sum(mul(mul(end(0), end(1)), pairs), 1))
}
