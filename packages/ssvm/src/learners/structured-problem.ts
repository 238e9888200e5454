import type { Features } from '@deepstruct/datasets'
import type { Potentials } from '@deepstruct/inference'
import { DomainError, type NDArray, ShapeError } from '@deepstruct/tensor'
import type { LossAugmentedInference } from '../loss-augmented/loss-augmented.ts'
import { type ExampleRows, exampleRows } from '../svm/example-rows.ts'
import { checkC } from '../svm/svm-options.ts'

/** The examples of a structured machine, with its loss and its inference. */
export interface StructuredExamples {
  /** The inputs, `[examples, features]`, dense or sparse. */
  readonly features: Features
  /** The true labels, `[examples, labels]` in {0, 1}. */
  readonly labels: NDArray
  /** The pairs of labels that interact, int32 `[edges, 2]`; see {@link labelGraph}. */
  readonly edges: NDArray
  /** Loss, rescaling and search. */
  readonly inference: LossAugmentedInference
  /** The weight $C$ of the losses against $\tfrac12 \lVert w \rVert^2$. */
  readonly C: number
}

/**
 * The weights of the score
 *
 * $$
 * \langle w, \phi(x, y) \rangle = \sum_j y_j (\langle w_j, x \rangle + b_j) + \sum_{(i, j)} p_{ij} y_i y_j
 * $$
 */
export interface LabelWeights {
  /** $(w_j, b_j)$, `[labels, features + 1]`. */
  readonly single: Float64Array
  /** $p$, one an edge. */
  readonly pairs: Float64Array
}

/** What the violations of a batch add up to. */
export interface Corner {
  /** $a$: what of each label and pair the violators lack, `[examples, labels + edges]`. */
  readonly lacks: Float64Array
  /** The cost of each violator. */
  readonly costs: Float64Array
  /** The score of each label by itself, `[examples, labels]`. */
  readonly scores: Float64Array
  /** The hinge of each example, as found. */
  readonly hinges: Float64Array
  /** What the hinges may have missed, in sum. */
  readonly excess: number
}

/** A structured machine as its learners see it. */
export interface StructuredProblem {
  /** The rows, a constant last. */
  readonly rows: ExampleRows
  /** Their number of labels. */
  readonly labels: number
  /** Their number of pairs. */
  readonly edges: number
  /** $C$. */
  readonly C: number
  /** The violators of some examples under these weights. */
  corner(weights: LabelWeights, examples: ArrayLike<number>): Promise<Corner>
  /** $w \leftarrow w + s \sum_i \phi_i(a_i)$ over the rows of `lacks`. */
  add(weights: LabelWeights, examples: ArrayLike<number>, lacks: Float64Array, scale: number): void
}

/**
 * Checks examples and prepares them.
 *
 * @throws {@link @deepstruct/tensor!ShapeError} when rows do not match
 * @throws {@link @deepstruct/tensor!DomainError} for a label outside {0, 1}, or a $C$ that is not positive
 */
export function structuredProblem(name: string, parts: StructuredExamples): StructuredProblem {
  const { features, labels: truths, edges, inference, C } = parts
  checkC(name, C)
  const rows = exampleRows(name, features, 1)
  if (truths.shape.length !== 2 || truths.shape[0] !== rows.size)
    throw new ShapeError({
      function: name,
      argument: 'labels',
      got: `of shape [${truths.shape.join(', ')}]`,
      expected: `[${rows.size}, labels], one row for each row of features`,
    })
  const wrong = truths.data.find((value) => value !== 0 && value !== 1)
  if (wrong !== undefined)
    throw new DomainError({
      function: name,
      argument: 'labels',
      got: `an array with the value ${wrong}`,
      expected: 'only 0 and 1',
    })
  const labels = truths.shape[1]!
  const count = edges.shape[0]!
  const size = labels + count
  const ends = edges.data
  const { width } = rows
  const isMargin = inference.rescaling === 'margin'

  return {
    rows,
    labels,
    edges: count,
    C,
    async corner({ single, pairs }, examples) {
      const batch = examples.length
      const unary = new Float32Array(batch * labels * 2)
      const scores = new Float64Array(batch * labels)
      const truth = new Float32Array(batch * labels)
      for (let b = 0; b < batch; b++)
        for (let j = 0; j < labels; j++) {
          const score = rows.dot(examples[b]!, single, j * width)
          scores[b * labels + j] = score
          unary[(b * labels + j) * 2 + 1] = -score
          truth[b * labels + j] = truths.data[examples[b]! * labels + j]!
        }
      const pairwise = new Float32Array(count * 4)
      for (let e = 0; e < count; e++) pairwise[4 * e + 3] = -pairs[e]!
      const potentials: Potentials<NDArray> = {
        unary: { shape: [batch, labels, 2], dtype: 'float32', data: unary },
        edges,
        pairwise: { shape: [count, 2, 2], dtype: 'float32', data: pairwise },
      }
      const found = await inference.find({
        potentials,
        truth: { shape: [batch, labels], dtype: 'float32', data: truth },
      })
      const lacks = new Float64Array(batch * size)
      const costs = new Float64Array(batch)
      const hinges = new Float64Array(batch)
      let excess = 0
      for (let b = 0; b < batch; b++) {
        const own = truth.subarray(b * labels, (b + 1) * labels)
        const other = (found.y.data as Float32Array).subarray(b * labels, (b + 1) * labels)
        const cost = inference.loss.of(own, other)
        const scale = isMargin ? 1 : cost
        let behind = 0
        for (let j = 0; j < labels; j++) {
          const lack = own[j]! - other[j]!
          behind += lack * scores[b * labels + j]!
          lacks[b * size + j] = scale * lack
        }
        for (let e = 0; e < count; e++) {
          const [i, j] = [ends[2 * e]!, ends[2 * e + 1]!]
          const lack = own[i]! * own[j]! - other[i]! * other[j]!
          behind += lack * pairs[e]!
          lacks[b * size + labels + e] = scale * lack
        }
        costs[b] = cost
        const hinge = cost - scale * behind
        if (hinge > 0) hinges[b] = hinge
        else {
          // The true label set has the hinge 0, and an inexact search may miss it.
          costs[b] = 0
          lacks.fill(0, b * size, (b + 1) * size)
        }
        excess += found.excess?.[b] ?? 0
      }
      return { lacks, costs, scores, hinges, excess }
    },
    add({ single, pairs }, examples, lacks, scale) {
      for (let b = 0; b < examples.length; b++) {
        for (let j = 0; j < labels; j++) {
          const lack = lacks[b * size + j]!
          if (lack !== 0) rows.add(examples[b]!, scale * lack, single, j * width)
        }
        for (let e = 0; e < count; e++) pairs[e]! += scale * lacks[b * size + labels + e]!
      }
    },
  }
}

/** Weights that are all zero. */
export function zeroWeights({ labels, edges, rows }: StructuredProblem): LabelWeights {
  return { single: new Float64Array(labels * rows.width), pairs: new Float64Array(edges) }
}

/** $\langle v, w \rangle$. */
export function dotWeights(v: LabelWeights, w: LabelWeights): number {
  let total = 0
  for (let i = 0; i < v.single.length; i++) total += v.single[i]! * w.single[i]!
  for (let e = 0; e < v.pairs.length; e++) total += v.pairs[e]! * w.pairs[e]!
  return total
}

/** The numbers of all examples. */
export function allExamples({ rows }: StructuredProblem): Int32Array {
  return Int32Array.from({ length: rows.size }, (_, i) => i)
}
