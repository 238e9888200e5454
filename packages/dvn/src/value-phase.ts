import { squaredError, valueCrossEntropyWithLogits } from '@deepstruct/losses'
import {
  add,
  DomainError,
  type Host,
  mean,
  mul,
  type NDArray,
  type NoiseSpec,
  type Random,
  reshape,
  sigmoid,
  type Tensor,
  type Tree,
} from '@deepstruct/tensor'
import type { Dataset, Labeled, Optimizer, Phase } from '@deepstruct/training'
import { misdirection } from './misdirection.ts'
import { checkOracle, type OracleValue } from './oracle-values.ts'
import {
  filledGroups,
  groupedBatch,
  groupedNoise,
  joinedMembers,
  membersOf,
  rowsOfGroups,
} from './sampler/groups.ts'
import type { SampleProblem, Sampler } from './sampler/sampler.ts'
import type { ValueNetwork } from './value-network.ts'

/** A kind of sample, and how many there are of it. */
export interface SampleShare {
  /** What makes the samples. */
  readonly sampler: Sampler
  /** How many rows of each group; a group has as many as all shares together. */
  readonly rows: number
}

/** How {@link valuePhase} trains. */
export interface ValuePhaseOptions<S> {
  /** For progress and reports; default `value`. */
  readonly name?: string
  /** The parts of the parameters that move. */
  readonly moves: readonly (keyof S & string)[]
  /** How they move. */
  readonly optimizer: Optimizer
  /** The largest number of passes over the data. */
  readonly epochs: number
  /** Stop after so many epochs without a better score; default never. */
  readonly patience?: number
  /** Which state goes on; default the best one. */
  readonly keeps?: 'best' | 'last'
  /** Bounds the global norm of the gradient; default unbounded. */
  readonly clipNorm?: number
  /** What outputs are worth. */
  readonly oracle: OracleValue
  /** How the value is regressed: as a probability, by cross-entropy, or by squared error; default `crossEntropy`. */
  readonly loss?: 'crossEntropy' | 'squaredError'
  /**
   * How much the direction of the network's gradient counts beside its value, see {@link misdirection}; default 0, values alone. The oracle
   * must have a derivative.
   */
  readonly direction?: number
  /** What the network learns from: with rows 1 and 1, half of the samples each. */
  readonly samples: readonly SampleShare[]
  /** How many samples are made of each row of a batch; default 1. */
  readonly copies?: number
  /** Changes the parameters on entry; default not at all. */
  enter?(params: Host<S>): Host<S>
  /** Draws examples; default the rows as they are. Crops and mirrored images go here. */
  draw?(data: Dataset<Host<Labeled>>, rows: ArrayLike<number>, random: Random): Host<Labeled>
  /** Dropout masks of the network for these inputs, `[batch, ...]`; default none. Samples are made without. */
  noise?(x: NDArray): Tree<NoiseSpec> | undefined
  /** A regularizer: a scalar of the parameters. */
  penalty?(params: S): Tensor
  /** Measures a state on held-out data. */
  readonly evaluate?: Phase<S, Labeled>['evaluate']
}

/** The random numbers of a batch; a type and no interface, so that it counts as a tree. */
type ValueNoise<T> = {
  /** Of the network. */
  readonly network?: T
  /** Of each sampler. */
  readonly samplers: readonly T[]
}

/**
 * Trains a value network (Gygli et al. 2017, section 4): samples $\hat y$ are made of each batch, and the network learns by regression what
 * they are worth.
 *
 * $$
 * \frac{1}{n} \sum_i -v^*_i \log v(x_i, \hat y_i) - (1 - v^*_i) \log(1 - v(x_i, \hat y_i)), \qquad v^*_i = v^*(y_i, \hat y_i)
 * $$
 *
 * Samples are constants of the loss. They are made without dropout, by the network as it is at that step. A batch that does not fill its last
 * group of rows takes some rows once more.
 *
 * @param network - the model; samplers minimize its energy
 * @throws {@link @deepstruct/tensor!DomainError} when there is no sampler, or a number of rows is no positive integer; while training, when the
 * oracle leaves $[0, 1]$
 */
export function valuePhase<S, F>(
  network: ValueNetwork<S, F>,
  options: ValuePhaseOptions<S>,
): Phase<S, Labeled> {
  const { moves, optimizer, epochs, patience, keeps, clipNorm, oracle, samples } = options
  const {
    name = 'value',
    loss = 'crossEntropy',
    direction = 0,
    copies = 1,
    enter,
    draw,
    noise,
    penalty,
    evaluate,
  } = options
  const members = groupSize(samples)
  const problemOf = (params: S, features: F, truth: Tensor): SampleProblem => {
    const domain = network.domain(features)
    return {
      energy: (y) => network.energy(params, features, y),
      score: (y) => network.score(params, features, y),
      domain,
      start: network.start?.(params, features) ?? domain.start(truth.shape[0] ?? 0),
      truth,
      oracle: (y) => oracle(truth, y),
    }
  }
  return {
    name,
    epochs,
    ...(patience !== undefined && { patience }),
    ...(keeps !== undefined && { keeps }),
    ...(enter && { enter: (params) => enter(params) }),
    batch(data, rows, random) {
      const filled = filledGroups(rows, copies, members)
      return groupedBatch(draw?.(data, filled, random) ?? data.batch(filled), members)
    },
    turns: [
      {
        moves,
        optimizer,
        ...(clipNorm !== undefined && { clipNorm }),
        ...(penalty && { penalty: (params) => penalty(params) }),
        noise({ x, y }): ValueNoise<Tree<NoiseSpec>> {
          const rows = (array: NDArray): NDArray => ({
            ...array,
            shape: [array.shape[0]! * members, ...array.shape.slice(2)],
          })
          const ofNetwork = noise?.(rows(x))
          const [groups = 0, , ...structure] = y.shape
          return {
            ...(ofNetwork && { network: groupedNoise(ofNetwork, members) }),
            samplers: samples.map(({ sampler, rows: count }) =>
              groupedNoise(sampler.noise?.([groups * count, ...structure]) ?? {}, count),
            ),
          }
        },
        prepare(params, batch, drawn) {
          const { x, y } = rowsOfGroups(batch)
          const { samplers } = drawn as ValueNoise<unknown>
          const features = network.encode(params, x)
          let from = 0
          const parts = samples.map(({ sampler, rows: count }, i) => {
            const some = { of: members, from, count }
            from += count
            const problem = problemOf(params, membersOf(features, some), membersOf(y, some))
            return { rows: sampler.sample(problem, rowsOfGroups(samplers[i])), count }
          })
          return joinedMembers(parts)
        },
        loss(params, batch, prepared, drawn) {
          const { x, y } = rowsOfGroups(batch)
          const sampled = prepared as Tensor
          const masks = (drawn as ValueNoise<unknown>).network
          const features = network.encode(params, x, masks && rowsOfGroups(masks))
          const scoreOf = (outputs: Tensor): Tensor => network.score(params, features, outputs)
          const scores = scoreOf(sampled)
          const value = sigmoid(scores)
          const worth = oracle(y, sampled)
          checkOracle('valuePhase', worth)
          const ofValues =
            loss === 'crossEntropy'
              ? valueCrossEntropyWithLogits(scores, worth, { reduction: 'none' })
              : squaredError(value, worth, { reduction: 'none' })
          const turned =
            direction > 0
              ? misdirection(scoreOf, (outputs) => oracle(y, outputs), sampled)
              : undefined
          const rows = turned === undefined ? ofValues : add(ofValues, mul(direction, turned))
          // One number a group: every row counts the same, and a batch has one extent throughout.
          const ofGroups = (numbers: Tensor): Tensor => mean(reshape(numbers, [-1, members]), 1)
          return {
            rows: ofGroups(rows),
            metrics: {
              value: ofGroups(value),
              oracle: ofGroups(worth),
              ...(turned && { misdirection: ofGroups(turned) }),
            },
          }
        },
      },
    ],
    ...(evaluate && { evaluate }),
  }
}

/** How many rows a group has. */
function groupSize(samples: readonly SampleShare[]): number {
  for (const { rows } of samples)
    if (!Number.isSafeInteger(rows) || rows < 1)
      throw new DomainError({
        function: 'valuePhase',
        argument: 'samples.rows',
        got: String(rows),
        expected: 'a positive integer',
      })
  if (samples.length === 0)
    throw new DomainError({
      function: 'valuePhase',
      argument: 'samples',
      got: 'none',
      expected: 'at least one sampler',
    })
  return samples.reduce((total, { rows }) => total + rows, 0)
}
