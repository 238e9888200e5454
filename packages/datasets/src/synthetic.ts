import { DomainError, type Random, random } from '@deepstruct/tensor'
import {
  bestExpectedF1,
  bestThresholdF1,
  expectedF1,
  type ExpectedF1Table,
  expectedF1Table,
} from './expected-f1.ts'
import { type MultilabelDataset, multilabelDataset } from './multilabel.ts'
import { sparseRows, toDense } from './sparse.ts'
import { plantBlock, type PlantedBlock } from './planted-block.ts'

/** What {@link syntheticMultilabel} makes. */
export interface SyntheticOptions {
  /** Where all random numbers come from; the same seed gives the same data. */
  readonly seed: number
  /** The number of training examples; default 1500. */
  readonly examples?: number
  /** The number of test examples; default 1000. */
  readonly testExamples?: number
  /** The number of blocks of labels; blocks are independent given $x$; default 1. */
  readonly blocks?: number
  /** The number of labels of a block, from 4 to 12; default 12. */
  readonly blockSize?: number
  /** The number of features; default 8 more than the planted directions. */
  readonly features?: number
  /** The standard deviation of the noise on every feature; default 0.2. */
  readonly noise?: number
}

/** Training and test examples, and what is known about them. */
export interface SyntheticMultilabel {
  /** Training examples; carve a dev split from them. */
  readonly train: MultilabelDataset
  /** Test examples. */
  readonly test: MultilabelDataset
  /** What is known because the data are planted. */
  readonly oracle: SyntheticOracle
}

/** What is known exactly about planted data. */
export interface SyntheticOracle {
  /**
   * The joint of each block given the features of one example: entry `s` is the probability that exactly the labels in the bits
   * of `s` are on.
   */
  probabilities(x: ArrayLike<number>): Float64Array[]
  /** The exact expected F1 of every prediction for one example. */
  expectedF1Table(x: ArrayLike<number>): ExpectedF1Table
  /** The exact ceilings on the test inputs; takes about a second by default. */
  ceilings(): SyntheticCeilings
}

/** The mean expected example-F1 on the test inputs of predictors that know the distribution. */
export interface SyntheticCeilings {
  /** Of the prediction with the highest expected F1: no predictor of any kind does better. */
  readonly any: number
  /** Of the best single threshold on the exact marginals. */
  readonly marginalThreshold: number
  /** Of the most probable label set: what exact minimization of the true energy gives. */
  readonly mode: number
}

/**
 * Multi-label data with planted label dependence, for which the best reachable F1 is known.
 *
 * Given $x$, each block of labels is drawn from a log-linear model whose label energy does not depend on $x$,
 *
 * $$
 * p(y \mid x) \propto \exp\Bigl(\sum_i u_i(x)\,y_i - E_{\text{label}}(y)\Bigr),
 * $$
 *
 * with linear $u(x)$ and pairwise $E_{\text{label}}$. A block has a *bundle* of labels that attract each other, so they come all
 * together or not at all, and *alternatives* that repel all others, so at most one is on. Some inputs call for the bundle, with
 * a probability of about 0.39, or for nothing; others call for exactly one alternative, of which the likeliest has a
 * probability of about the same size. Its marginals are no guide: at one and the same marginal the bundle should stay off and the
 * leading alternative be on. A single threshold on the marginals must lose one of the two, while the most probable set, which
 * an energy with coupled labels finds, is nearly the best answer.
 *
 * All of $p(y \mid x)$ is enumerated block by block, which gives exact ceilings. F1 is averaged over examples, over all blocks
 * at once, with 1 for empty against empty.
 *
 * @throws `DomainError` when an option is out of range
 *
 * @example
 * ```ts
 * import { syntheticMultilabel } from '@deepstruct/datasets'
 *
 * const { train, test, oracle } = syntheticMultilabel({ seed: 0 })
 * const { any, marginalThreshold } = oracle.ceilings() // about 0.52 and 0.43
 * ```
 */
export function syntheticMultilabel(options: SyntheticOptions): SyntheticMultilabel {
  const { seed, examples = 1500, testExamples = 1000, blocks = 1, blockSize = 12 } = options
  const signals = blocks * (Math.ceil(blockSize / 2) + 2)
  const { features = signals + 8, noise = 0.2 } = options
  check('examples', examples, 1)
  check('testExamples', testExamples, 1)
  check('blocks', blocks, 1)
  check('blockSize', blockSize, 4, 12)
  check('features', features, signals)
  if (!(noise >= 0 && noise < Infinity)) throw refused('noise', noise, 'a number from 0 up')
  const source = random(seed)
  const directions = orthonormal(signals, features, source.split())
  const planted = Array.from({ length: blocks }, (_, block) =>
    plantBlock(
      blockSize,
      directions.slice((block * signals) / blocks, ((block + 1) * signals) / blocks),
    ),
  )
  const probabilities = (x: ArrayLike<number>): Float64Array[] =>
    planted.map((block) => block.joint(x))
  const train = sample(planted, examples, features, noise, source.split())
  const test = sample(planted, testExamples, features, noise, source.split())
  return {
    train,
    test,
    oracle: {
      probabilities,
      expectedF1Table: (x) => expectedF1Table(probabilities(x)),
      ceilings: () => ceilingsOf(rowsOf(test).map(probabilities)),
    },
  }
}

function sample(
  planted: readonly PlantedBlock[],
  examples: number,
  features: number,
  noise: number,
  source: Random,
): MultilabelDataset {
  const inputs = source.normals([examples, features], 0, noise)
  const labels = sparseRows()
  for (let example = 0; example < examples; example++) {
    const x = inputs.data.subarray(example * features, (example + 1) * features) as Float32Array
    for (const block of planted) block.addSignal(x, source)
    for (const [position, block] of planted.entries()) {
      const state = draw(block.joint(x), source)
      for (let label = 0; label < block.labels; label++)
        labels.push(position * block.labels + label, (state >> label) & 1)
    }
    labels.endRow()
  }
  const names = planted.flatMap((block, position) =>
    block.names.map((name) => (planted.length === 1 ? name : `block${position + 1}.${name}`)),
  )
  return multilabelDataset({
    features: inputs,
    labels: labels.build(names.length),
    labelNames: names,
  })
}

function ceilingsOf(joints: readonly (readonly Float64Array[])[]): SyntheticCeilings {
  const tables = joints.map((blocks) => expectedF1Table(blocks))
  const mean = (value: (table: ExpectedF1Table, example: number) => number): number =>
    tables.reduce((sum, table, example) => sum + value(table, example), 0) / tables.length
  return {
    any: mean((table) => bestExpectedF1(table).value),
    marginalThreshold: bestThresholdF1(tables).value,
    mode: mean((table, example) => expectedF1(table, modeOf(joints[example] as Float64Array[]))),
  }
}

/** The labels of the most probable state of each block. */
function modeOf(blocks: readonly Float64Array[]): number[] {
  let first = 0
  return blocks.flatMap((joint) => {
    const state = joint.indexOf(joint.reduce((a, b) => Math.max(a, b)))
    const count = Math.log2(joint.length)
    const on = Array.from({ length: count }, (_, label) => label).filter(
      (label) => (state >> label) & 1,
    )
    first += count
    return on.map((label) => first - count + label)
  })
}

function draw(joint: Float64Array, source: Random): number {
  let rest = source.uniform()
  for (const [state, p] of joint.entries()) {
    rest -= p
    if (rest < 0) return state
  }
  // Rounding can leave a rest after the last state.
  return joint.findLastIndex((p) => p > 0)
}

function rowsOf({ features }: MultilabelDataset): Float32Array[] {
  const { shape, data } = toDense(features)
  const [rows, columns] = shape as readonly [number, number]
  return Array.from(
    { length: rows },
    (_, row) => data.subarray(row * columns, (row + 1) * columns) as Float32Array,
  )
}

/** Random directions of unit length at right angles to each other (Gram–Schmidt). */
function orthonormal(count: number, dimensions: number, source: Random): Float64Array[] {
  const basis: Float64Array[] = []
  while (basis.length < count) {
    const direction = Float64Array.from({ length: dimensions }, () => source.normal())
    for (const other of basis) {
      const along = other.reduce((sum, value, i) => sum + value * (direction[i] as number), 0)
      for (const [i, value] of other.entries())
        direction[i] = (direction[i] as number) - along * value
    }
    const length = Math.hypot(...direction)
    basis.push(direction.map((value) => value / length))
  }
  return basis
}

function check(argument: string, value: number, low: number, high = Infinity): void {
  if (!Number.isSafeInteger(value) || value < low || value > high)
    throw refused(
      argument,
      value,
      high === Infinity ? `an integer from ${low} up` : `an integer from ${low} to ${high}`,
    )
}

function refused(argument: string, value: number, expected: string): DomainError {
  return new DomainError({
    function: 'syntheticMultilabel',
    argument,
    got: String(value),
    expected,
  })
}
