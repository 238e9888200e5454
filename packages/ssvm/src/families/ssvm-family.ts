import { enumeration, maxProduct } from '@deepstruct/inference'
import { structuredHinge } from '@deepstruct/losses'
import {
  add,
  cast,
  DomainError,
  filled,
  greater,
  type Host,
  matMul,
  mul,
  ndarray,
  type NDArray,
  offTape,
  square,
  squaredDifference,
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
  type Phase,
  type Sizes,
} from '@deepstruct/training'
import { z } from 'zod'
import { beliefsFor } from '../beliefs/beliefs-for.ts'
import { labelGraph, type LabelGraphKind } from '../labels/label-graph.ts'
import { f1LabelLoss, hammingLabelLoss } from '../labels/label-loss.ts'
import { blockFrankWolfe } from '../learners/block-frank-wolfe.ts'
import { cuttingPlanes } from '../learners/cutting-planes.ts'
import type { Memory, StructuredLearner } from '../learners/structured-learner.ts'
import {
  type LabelWeights,
  type StructuredProblem,
  structuredProblem,
  zeroWeights,
} from '../learners/structured-problem.ts'
import { subgradient } from '../learners/subgradient.ts'
import { countedViolators } from '../loss-augmented/counted-violators.ts'
import { enumeratedViolators } from '../loss-augmented/enumerated-violators.ts'
import { inferredViolators } from '../loss-augmented/inferred-violators.ts'
import { integerProgram } from '../loss-augmented/integer-program.ts'
import type { LossAugmentedInference, Rescaling } from '../loss-augmented/loss-augmented.ts'
import { relaxedViolators } from '../loss-augmented/relaxed-violators.ts'
import { labelPairEnergy, type LabelPairs, labelScores } from './label-pair-energy.ts'
import { solverPhases } from './solver-phases.ts'
import { solvedAtOnce } from './traced-solution.ts'
import { ALL_ROWS, wholeSet } from './whole-set.ts'

/** The settings of a structured SVM; a type and no interface, so that it counts as JSON. */
export type SsvmSettings = {
  /** Which pairs of labels interact. */
  readonly graph: LabelGraphKind
  /** The task loss. */
  readonly loss: 'hamming' | 'f1'
  /** How the task loss enters. */
  readonly rescaling: Rescaling
  /** How violators are searched. */
  readonly violators: 'exact' | 'relaxed' | 'approximate'
  /** How it is solved. */
  readonly learning: 'frank-wolfe' | 'cutting-planes' | 'subgradient' | 'gradient'
  /** The weight of the losses. */
  readonly c: number
  /** The relative gap to stop at. */
  readonly tolerance: number
  /** The most passes over the examples. */
  readonly passes: number
  /** The learning rate, where learning follows a gradient. */
  readonly rate: number
}

const settings: z.ZodObject = z.strictObject({
  graph: z
    .enum(['unary', 'tree', 'full'])
    .default('tree')
    .describe('which pairs of labels interact: none, a tree learned from the data, or all'),
  loss: z.enum(['hamming', 'f1']).default('hamming').describe('what a wrong label set costs'),
  rescaling: z
    .enum(['margin', 'slack'])
    .default('margin')
    .describe('whether the cost is the margin or scales its violation'),
  violators: z
    .enum(['exact', 'relaxed', 'approximate'])
    .default('exact')
    .describe(
      'how label sets that violate the margin are searched: exactly, by linear relaxation, or by projected gradient',
    ),
  learning: z
    .enum(['frank-wolfe', 'cutting-planes', 'subgradient', 'gradient'])
    .default('frank-wolfe')
    .describe('the solver; all but gradient stop at a duality gap'),
  c: z
    .number()
    .positive()
    .default(1)
    .describe('weight C of the losses, summed over examples, against the norm'),
  tolerance: z.number().positive().default(1e-3).describe('relative duality gap to stop at'),
  passes: z.int().positive().default(500).describe('largest number of passes over the examples'),
  rate: z.number().positive().default(0.01).describe('learning rate of gradient learning'),
})

/** The parameters of a structured SVM; a type and no interface, so that it counts as a tree. */
export type SsvmParams = LabelPairs & {
  /** $w$, `[features, labels]`. */
  readonly weights: Tensor
  /** $b$, `[labels]`. */
  readonly bias: Tensor
  /** $1 / (C n)$, `[1]`, the weight of the norm in gradient learning. */
  readonly ridge?: Tensor
  /** What the solver remembers while it runs. */
  readonly memory?: unknown
}

/**
 * Settings of the `ssvm` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function ssvmSettings(chosen: Partial<SsvmSettings> = {}): SsvmSettings {
  return parseSettings('ssvmSettings', settings, chosen) as SsvmSettings
}

/** The linear structured SVM of label sets. */
export const ssvmFamily: Family<'multilabel'> = family<'multilabel', SsvmSettings, SsvmParams>({
  task: 'multilabel',
  name: 'ssvm',
  summary: 'linear structured SVM: labels on a tree or a full graph, trained to a duality gap',
  settings,
  batchSize: ALL_ROWS,
  learner: ssvmLearner,
  solve: solveSsvm,
})

/** The score of each label by itself. */
function singleScores({ weights, bias }: SsvmParams, x: Tensor): Tensor {
  return add(matMul(x, weights), bias)
}

/** What runs at test time: the best label set, exactly on trees and for up to 14 labels. */
function solveSsvm({ graph }: SsvmSettings, { labels }: Sizes) {
  const solve = beliefsFor(graph, labels)
  return (params: SsvmParams, x: Tensor) => {
    const { y, value } = solve('best', labelScores(params, singleScores(params, x)))
    return solvedAtOnce(y, value)
  }
}

/**
 * The learner of the `ssvm` family.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when no search serves the graph, the loss and the number of labels; it says what would
 */
export function ssvmLearner(
  configuration: SsvmSettings,
  sizes: Sizes,
): Learner<SsvmParams, Labeled> {
  const { graph, c, learning, passes, tolerance } = configuration
  const evaluate = evaluateMultilabel(solveSsvm(configuration, sizes))
  const first = (labels: NDArray): Host<SsvmParams> => {
    const edges = labelGraph(graph, labels)
    return {
      weights: filled([sizes.inputs, sizes.labels], 0),
      bias: filled([sizes.labels], 0),
      ...(edges.shape[0]! > 0 && { edges, pairs: filled([edges.shape[0]!], 0) }),
    }
  }
  if (learning === 'gradient')
    return {
      family: 'ssvm',
      init: (data) => ({
        ...first(wholeSet(data).y),
        ridge: ndarray([1 / (c * data.size)], [1]),
      }),
      phases: [gradientPhase(configuration, sizes, evaluate)],
    }
  const inference = violatorsFor(configuration, sizes)
  const learner = learners[learning]
  const problemOf = (examples: Host<Labeled>, edges: NDArray | undefined): StructuredProblem =>
    structuredProblem('ssvmLearner', {
      features: examples.x,
      labels: examples.y,
      edges: edges ?? { shape: [0, 2], dtype: 'int32', data: new Int32Array(0) },
      inference,
      C: c,
    })
  return {
    family: 'ssvm',
    init: (data) => {
      const examples = wholeSet(data)
      const state = first(examples.y)
      return { ...state, memory: learner.start(problemOf(examples, state.edges)) }
    },
    phases: solverPhases<SsvmParams>({
      name: learner.name,
      passes,
      evaluate,
      async pass(state, examples, random) {
        const problem = problemOf(examples, state.edges)
        const weights = weightsOf(state, problem)
        const memory = copied(state.memory as Memory)
        const order = random.permutation(problem.rows.size)
        const report = await learner.pass(problem, weights, memory, order, tolerance)
        return { state: { ...state, ...stateOf(weights, problem), memory }, report }
      },
    }),
  }
}

const learners: Readonly<Record<Exclude<SsvmSettings['learning'], 'gradient'>, StructuredLearner>> =
  {
    'frank-wolfe': blockFrankWolfe,
    'cutting-planes': cuttingPlanes(),
    subgradient,
  }

/** The most labels whose sets are tried for each example. */
const TRIED_LABELS = 16

/** The search that serves the settings. */
function violatorsFor(configuration: SsvmSettings, { labels }: Sizes): LossAugmentedInference {
  const { graph, loss: name, rescaling, violators } = configuration
  const loss = { hamming: hammingLabelLoss, f1: f1LabelLoss }[name]()
  const isSum = loss.costs !== undefined && rescaling === 'margin'
  if (violators !== 'exact') {
    if (!isSum) throw unserved(configuration, labels, 'the Hamming loss with margin rescaling')
    return violators === 'relaxed'
      ? inferredViolators(integerProgram({ integer: false }), loss)
      : relaxedViolators(loss)
  }
  if (isSum && graph !== 'full') return inferredViolators(maxProduct, loss)
  if (graph === 'unary') return countedViolators(loss, rescaling)
  if (isSum)
    return inferredViolators(labels <= TRIED_LABELS ? enumeration() : integerProgram(), loss)
  if (labels <= TRIED_LABELS) return enumeratedViolators(loss, rescaling)
  throw unserved(
    configuration,
    labels,
    `at most ${TRIED_LABELS} labels, the graph unary, or the Hamming loss with margin rescaling`,
  )
}

function unserved(
  { graph, loss, rescaling, violators }: SsvmSettings,
  labels: number,
  expected: string,
): DomainError {
  return new DomainError({
    function: 'ssvmLearner',
    argument: 'settings',
    got: `violators ${violators}, graph ${graph}, loss ${loss}, rescaling ${rescaling} for ${labels} labels`,
    expected,
    why: 'no search over label sets serves this',
  })
}

/** Weights of the state as solvers take them. */
function weightsOf(state: Host<SsvmParams>, problem: StructuredProblem): LabelWeights {
  const weights = zeroWeights(problem)
  const { labels, rows } = problem
  for (let j = 0; j < labels; j++) {
    for (let i = 0; i < rows.features; i++)
      weights.single[j * rows.width + i] = state.weights.data[i * labels + j]!
    weights.single[j * rows.width + rows.features] = state.bias.data[j]!
  }
  weights.pairs.set(state.pairs?.data ?? [])
  return weights
}

/** Weights of solvers as the state has them. */
function stateOf(
  { single, pairs }: LabelWeights,
  { labels, rows }: StructuredProblem,
): Pick<Host<SsvmParams>, 'weights' | 'bias' | 'pairs'> {
  const weights = new Float32Array(rows.features * labels)
  const bias = new Float32Array(labels)
  for (let j = 0; j < labels; j++) {
    for (let i = 0; i < rows.features; i++) weights[i * labels + j] = single[j * rows.width + i]!
    bias[j] = single[j * rows.width + rows.features]!
  }
  return {
    weights: ndarray(weights, [rows.features, labels]),
    bias: ndarray(bias, [labels]),
    ...(pairs.length > 0 && { pairs: ndarray(Float32Array.from(pairs), [pairs.length]) }),
  }
}

/** Arrays that a solver may change. */
function copied(memory: Memory): Memory {
  return Object.fromEntries(
    Object.entries(memory).map(([name, values]) => [
      name,
      { ...values, data: values.data.slice() },
    ]),
  )
}

/** Stochastic subgradients through the compiled engine; there is no dual, so it stops by its score on held-out examples. */
function gradientPhase(
  { graph, loss, rescaling, passes, rate }: SsvmSettings,
  { labels }: Sizes,
  evaluate: NonNullable<Phase<SsvmParams, Labeled>['evaluate']>,
): Phase<SsvmParams, Labeled> {
  if (loss !== 'hamming' || rescaling !== 'margin')
    throw new DomainError({
      function: 'ssvmLearner',
      argument: 'settings',
      got: `learning gradient with loss ${loss}, rescaling ${rescaling}`,
      expected: 'the Hamming loss with margin rescaling',
      why: 'only a sum over labels enters the scores, which the traced search needs',
    })
  const solve = beliefsFor(graph, labels)
  const model = labelPairEnergy<SsvmParams>({
    labels,
    single: singleScores,
    init: () => {
      throw new TypeError('the graph of labels is learned from data')
    },
  })
  return {
    name: 'gradient',
    epochs: passes,
    patience: 20,
    batch: (data, rows) => data.batch(rows),
    turns: [
      {
        moves: graph === 'unary' ? ['weights', 'bias'] : ['weights', 'bias', 'pairs'],
        optimizer: adam({ rate }),
        prepare: (params, { x, y }) => {
          // The cost of a label set is linear in it: 1 for each label that is not true, and −1 for each that is, up to a constant.
          const charged = add(singleScores(params, x), sub(1, mul(2, y)))
          return cast(greater(solve('best', labelScores(params, charged)).y, 0.5), 'float32')
        },
        loss(params, { x, y }, prepared) {
          const worst = prepared as Tensor
          const features = model.encode(params, x)
          const cost = offTape(() => sum(squaredDifference(y, worst), 1))
          return {
            rows: structuredHinge(
              {
                energyTrue: model.energy(params, features, y),
                energyPredicted: model.energy(params, features, worst),
                taskLoss: cost,
              },
              { reduction: 'none' },
            ),
            metrics: { cost },
          }
        },
        penalty({ weights, bias, pairs, ridge }) {
          const norm = [weights, bias, ...(pairs ? [pairs] : [])]
            .map((part) => sum(square(part)))
            .reduce((a, b) => add(a, b))
          return mul(mul(0.5, norm), sum(ridge!))
        },
      },
    ],
    evaluate,
  }
}
