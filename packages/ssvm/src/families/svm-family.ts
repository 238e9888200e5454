import { binaryHinge, crammerSinger, westonWatkins } from '@deepstruct/losses'
import { mlp, type MlpParams, type WithOutput } from '@deepstruct/networks'
import {
  add,
  argMax,
  filled,
  type Host,
  matMul,
  max,
  mul,
  ndarray,
  type NDArray,
  type Random,
  softmax,
  square,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import {
  adam,
  evaluateClasses,
  type Family,
  family,
  type Labeled,
  type Learner,
  parseSettings,
  type Phase,
  type Schedule,
  type Sizes,
} from '@deepstruct/training'
import { z } from 'zod'
import type { PassReport } from '../learners/structured-learner.ts'
import { binaryDual } from '../svm/binary-dual.ts'
import { exampleRows } from '../svm/example-rows.ts'
import type { MulticlassLoss } from '../svm/multiclass-block.ts'
import { multiclassDual } from '../svm/multiclass-dual.ts'
import { classTruths } from '../svm/multiclass-svm.ts'
import { relativeGap } from '../svm/svm-options.ts'
import { solverPhases } from './solver-phases.ts'
import { solvedAtOnce } from './traced-solution.ts'
import { ALL_ROWS } from './whole-set.ts'

/** The hinge of a machine of classes; one against the rest is a binary machine for each class. */
export type ClassHinge = MulticlassLoss | 'one-vs-rest'

/** The settings of a support vector machine; a type and no interface, so that it counts as JSON. */
export type SvmSettings = {
  /** The hinge. */
  readonly hinge: ClassHinge
  /** The dual to a gap, or stochastic gradients, which a network needs. */
  readonly learning: 'dual' | 'gradient'
  /** The weight of the losses. */
  readonly c: number
  /** The relative gap to stop at. */
  readonly tolerance: number
  /** The most passes over the examples. */
  readonly passes: number
  /** Units of each hidden layer under the scores, where learning follows a gradient. */
  readonly hidden: readonly number[]
  /** The learning rate, where learning follows a gradient. */
  readonly rate: number
}

const settings: z.ZodObject = z
  .strictObject({
    hinge: z
      .enum(['crammer-singer', 'weston-watkins', 'one-vs-rest'])
      .default('crammer-singer')
      .describe('the hinge: against the best wrong class, every wrong class, or a machine a class'),
    learning: z
      .enum(['dual', 'gradient'])
      .default('dual')
      .describe('the dual problem to a gap, or stochastic gradients, as hidden layers need'),
    c: z
      .number()
      .positive()
      .default(1)
      .describe('weight C of the losses, summed over examples, against the norm'),
    tolerance: z.number().positive().default(1e-3).describe('relative duality gap to stop at'),
    passes: z.int().positive().default(500).describe('largest number of passes over the examples'),
    hidden: z
      .array(z.int().positive())
      .default([])
      .describe('units of each hidden layer under the scores (learning gradient)'),
    rate: z.number().positive().default(1e-3).describe('learning rate (learning gradient)'),
  })
  .refine(({ learning, hidden }) => learning === 'gradient' || (hidden as unknown[]).length === 0, {
    path: ['hidden'],
    message: 'expected no hidden layers where the dual is solved; learning gradient has them',
  })

/** A linear machine; a type and no interface, so that it counts as a tree. */
export type SvmParams = {
  /** $w$, `[features, classes]`. */
  readonly weights: Tensor
  /** $b$, `[classes]`. */
  readonly bias: Tensor
  /** What the solver remembers while it runs: the dual variables. */
  readonly memory?: unknown
}

/**
 * Settings of the `svm` family: the defaults, but for what is chosen.
 *
 * @throws {@link @deepstruct/tensor!DomainError} for a setting that there is not, or with a value it cannot have
 */
export function svmSettings(chosen: Partial<SvmSettings> = {}): SvmSettings {
  return parseSettings('svmSettings', settings, chosen) as SvmSettings
}

type State = SvmParams | MlpParams

/** The support vector machine of one class among several. */
export const svmFamily: Family<'classification'> = family<'classification', SvmSettings, State>({
  task: 'classification',
  name: 'svm',
  summary: 'support vector machine of several classes, linear to a duality gap or on a network',
  settings,
  batchSize: ALL_ROWS,
  learner: (configuration, sizes) =>
    // Which of the two states there is follows from the settings, as in `solve`.
    // oxlint-disable-next-line typescript/no-unnecessary-type-assertion -- TypeScript 6 demands what the linter's TypeScript 7 does not
    (configuration.learning === 'dual'
      ? dualLearner(configuration, sizes)
      : gradientLearner(configuration, sizes)) as unknown as Learner<State, Labeled>,
  solve: (configuration, sizes) =>
    configuration.learning === 'dual'
      ? (params, x) => solveScores(linearScores(params as SvmParams, x))
      : (params, x) => solveScores(networkOf(configuration, sizes).apply(params as MlpParams, x)),
})

/** The class of the highest score; the outputs are the softmax of the scores, which rank as they do and are no probabilities. */
function solveScores(scores: Tensor) {
  return solvedAtOnce(softmax(scores), max(scores, 1))
}

function linearScores({ weights, bias }: SvmParams, x: Tensor): Tensor {
  return add(matMul(x, weights), bias)
}

function networkOf({ hidden }: SvmSettings, { inputs, labels }: Sizes) {
  return mlp({ inputs, hidden, outputs: labels, activation: 'relu' })
}

/** Solves the dual, a pass over the examples at a time. */
function dualLearner(configuration: SvmSettings, sizes: Sizes): Learner<SvmParams, Labeled> {
  const { passes, tolerance } = configuration
  return {
    family: 'svm',
    init: (data) => ({
      weights: filled([sizes.inputs, sizes.labels], 0),
      bias: filled([sizes.labels], 0),
      memory: { alpha: filled([data.size, sizes.labels], 0) },
    }),
    phases: solverPhases<SvmParams>({
      name: configuration.hinge,
      passes,
      evaluate: evaluateClasses((params: SvmParams, x: Tensor) =>
        solveScores(linearScores(params, x)),
      ),
      pass: (state, examples, random) => {
        const { alpha } = state.memory as { alpha: NDArray }
        const { weights, report, ...found } = dualPass(configuration, examples, alpha, random)
        const converged = report.gap <= tolerance
        return Promise.resolve({
          state: { ...stateOf(weights, sizes), memory: found },
          report: { ...report, converged },
        })
      },
    }),
  }
}

/** One pass from dual variables `[examples, classes]`; gives `[classes, features + 1]` weights. */
function dualPass(
  { hinge, c }: SvmSettings,
  { x, y }: Host<Labeled>,
  from: NDArray,
  random: Random,
): { weights: Float64Array; alpha: NDArray; report: Omit<PassReport, 'converged'> } {
  const rows = exampleRows('svmLearner', x, 1)
  const [examples, classes] = y.shape as [number, number]
  const labels = Array.from({ length: examples }, (_, i) =>
    y.data.subarray(i * classes, (i + 1) * classes).indexOf(1),
  )
  const truths = classTruths('svmLearner', labels, examples, classes)
  if (hinge !== 'one-vs-rest') {
    const dual = multiclassDual(
      rows,
      truths,
      { C: c, loss: hinge, classes },
      Float64Array.from(from.data),
    )
    dual.pass(random)
    const alpha = ndarray(Float32Array.from(dual.alpha), from.shape)
    return { weights: dual.weights, alpha, report: dual.bounds() }
  }
  const weights = new Float64Array(classes * rows.width)
  const alpha = new Float32Array(examples * classes)
  let [objective, bound] = [0, 0]
  for (let k = 0; k < classes; k++) {
    const dual = binaryDual(
      rows,
      Int8Array.from(truths, (truth) => (truth === k ? 1 : -1)),
      { C: c, loss: 'hinge' },
      // What was rounded to a float32 may lie above C.
      Float64Array.from({ length: examples }, (_, i) => Math.min(c, from.data[i * classes + k]!)),
    )
    dual.pass(random)
    weights.set(dual.weights, k * rows.width)
    for (let i = 0; i < examples; i++) alpha[i * classes + k] = dual.alpha[i]!
    const bounds = dual.bounds()
    objective += bounds.objective
    bound += bounds.dual
  }
  return {
    weights,
    alpha: ndarray(alpha, from.shape),
    report: { objective, dual: bound, gap: relativeGap(objective, bound) },
  }
}

function stateOf(weights: Float64Array, { inputs, labels }: Sizes): Host<SvmParams> {
  const kernel = new Float32Array(inputs * labels)
  const bias = new Float32Array(labels)
  for (let k = 0; k < labels; k++) {
    for (let i = 0; i < inputs; i++) kernel[i * labels + k] = weights[k * (inputs + 1) + i]!
    bias[k] = weights[k * (inputs + 1) + inputs]!
  }
  return { weights: ndarray(kernel, [inputs, labels]), bias: ndarray(bias, [labels]) }
}

/** How {@link svmHeadPhase} trains. */
export interface SvmHeadOptions {
  /** The hinge; default `crammer-singer`. */
  readonly hinge?: ClassHinge
  /** The weight of the squared weights of the output layer, $1 / (2 C n)$; default 0. */
  readonly ridge?: number
  /** The largest number of passes over the data; default 100. */
  readonly epochs?: number
  /** Stop after so many epochs without a better score; default 10. */
  readonly patience?: number
  /** The learning rate of Adam; default 1e-3. */
  readonly rate?: Schedule
}

/**
 * Trains a network with a support vector machine as its last layer (Tang 2013): the multi-class hinge of its outputs, by stochastic gradients. Classes are
 * one-hot, `[batch, classes]`.
 *
 * @param network - from inputs to one score for each class
 */
export function svmHeadPhase<F>(
  network: WithOutput<F>,
  options: SvmHeadOptions = {},
): Phase<{ readonly features: F; readonly output: MlpParams['output'] }, Labeled> {
  const { hinge = 'crammer-singer', ridge = 0, epochs = 100, patience = 10, rate = 1e-3 } = options
  const rows = (scores: Tensor, y: Tensor): Tensor =>
    hinge === 'one-vs-rest'
      ? binaryHinge(scores, y, { reduction: 'none' })
      : { 'crammer-singer': crammerSinger, 'weston-watkins': westonWatkins }[hinge](
          scores,
          argMax(y),
          { reduction: 'none' },
        )
  return {
    name: 'hinge',
    epochs,
    patience,
    turns: [
      {
        moves: ['features', 'output'],
        optimizer: adam({ rate }),
        noise: ({ x }) => network.noise?.(x),
        loss: (state, { x, y }, _, noise) => ({
          rows: rows(network.apply(state, x, noise), y),
        }),
        ...(ridge > 0 && {
          penalty: ({ output }: { output: MlpParams['output'] }) =>
            mul(ridge, sum(square(output.kernel))),
        }),
      },
    ],
    evaluate: evaluateClasses((state, x: Tensor) => solveScores(network.apply(state, x))),
  }
}

function gradientLearner(configuration: SvmSettings, sizes: Sizes): Learner<MlpParams, Labeled> {
  const network = networkOf(configuration, sizes)
  const { hinge, rate, passes } = configuration
  return {
    family: 'svm',
    init: (_, random) => network.init(random),
    phases: [svmHeadPhase(network, { hinge, rate, epochs: passes })],
  }
}
