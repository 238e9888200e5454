import {
  add,
  cast,
  constant,
  expandDims,
  matMul,
  mul,
  neg,
  pad,
  reshape,
  slice,
  stopGradient,
  sub,
  sum,
  type Tensor,
  zeros,
} from '@deepstruct/tensor'
import { chainEdges } from '../exact/chain-edges.ts'
import type { Potentials } from '../exact/potentials.ts'
import type { LabelEnergy } from './label-energy.ts'

/** What a {@link tagPairEnergy} is. */
export interface TagPairEnergyOptions {
  /** The number of tags. */
  readonly tags: number
  /** Whether the first and the last tag of a sequence have scores of their own; default `false`. */
  readonly ends?: boolean
}

/** The parameters of a {@link tagPairEnergy}; a type and no interface, so that it counts as a tree. */
export type TagPairParams = {
  /** $W$: how well a tag (row) goes before another (column), `[tags, tags]`. */
  readonly pairs: Tensor
  /** $a$: how well a tag begins a sequence, `[tags]`; absent where ends have no scores. */
  readonly start?: Tensor
  /** $b$: how well a tag ends a sequence, `[tags]`; absent where ends have no scores. */
  readonly end?: Tensor
}

/**
 * The energy of neighboring tags, that of a linear-chain CRF:
 *
 * $$
 * E_\text{pairs}(y) = -\sum_t y_t^\top W\, y_{t+1} - a^\top y_1 - b^\top y_n
 * $$
 *
 * `y` is `[batch, length, tags]`, a point of the simplex at each token and 0 beyond the end of a sequence, as in a masked {@link simplex}; so no mask is
 * needed. For exact solvers see {@link tagPairPotentials}.
 */
export function tagPairEnergy({
  tags,
  ends = false,
}: TagPairEnergyOptions): LabelEnergy<TagPairParams> {
  return {
    init: (random) => ({
      pairs: random.normals([tags, tags], 0, 0.01),
      ...(ends && {
        start: random.normals([tags], 0, 0.01),
        end: random.normals([tags], 0, 0.01),
      }),
    }),
    energy({ pairs, start, end }, y) {
      const length = y.shape[1]!
      const parts = [
        ...(length > 1 ? [pairScores(pairs, y, length)] : []),
        ...(start ? [sum(mul(slice(y, [0, 0, 0], [-1, 1, -1]), start), [1, 2])] : []),
        ...(end ? [sum(mul(mul(y, lastOf(sum(y, 2, true))), end), [1, 2])] : []),
      ]
      return neg(parts.length === 0 ? sum(mul(y, 0), [1, 2]) : parts.reduce((a, b) => add(a, b)))
    },
  }
}

function pairScores(pairs: Tensor, y: Tensor, length: number): Tensor {
  const before = slice(y, [0, 0, 0], [-1, length - 1, -1])
  const after = slice(y, [0, 1, 0], [-1, length - 1, -1])
  return sum(mul(matMul(before, pairs), after), [1, 2])
}

/**
 * 1 at the last position of each sequence: where there is a token and none after it. How much of a token there is does not depend on its tag, so it has no
 * gradient.
 *
 * @param counts - `[batch, length, 1]`
 */
function lastOf(counts: Tensor): Tensor {
  const tokens = stopGradient(counts)
  const length = tokens.shape[1]!
  const next = pad(slice(tokens, [0, 1, 0], [-1, length - 1, -1]), [
    [0, 0],
    [0, 1],
    [0, 0],
  ])
  return length === 1 ? tokens : sub(tokens, next)
}

/** Scores at the first position, 0 at the others, `[batch, length, tags]`. */
function atStart(scores: Tensor, counts: Tensor): Tensor {
  return pad(mul(slice(counts, [0, 0, 0], [-1, 1, -1]), scores), [
    [0, 0],
    [0, counts.shape[1]! - 1],
    [0, 0],
  ])
}

/**
 * The potentials of tag sequences with scores of each tag and a {@link tagPairEnergy}: what {@link viterbi} needs.
 *
 * $$
 * E(x, y) = -\sum_t s_t(x)^\top y_t + E_\text{pairs}(y)
 * $$
 *
 * @param params - of the energy; left out, tags are independent
 * @param logits - $s$, `[batch, length, tags]`
 * @param mask - 1 for the tokens and 0 beyond the end of a sequence, `[batch, length]`
 */
export function tagPairPotentials(
  params: TagPairParams | undefined,
  logits: Tensor,
  mask: Tensor,
): Potentials {
  const [, length, tags] = logits.shape as [number, number, number]
  const counts = expandDims(cast(mask, 'float32'), -1)
  const scores = [
    logits,
    ...(params?.start ? [atStart(params.start, counts)] : []),
    ...(params?.end ? [mul(lastOf(counts), params.end)] : []),
  ].reduce((a, b) => add(a, b))
  return {
    unary: neg(scores),
    edges: constant(chainEdges(length)),
    pairwise: params ? reshape(neg(params.pairs), [1, tags, tags]) : zeros([1, tags, tags]),
    mask,
  }
}
