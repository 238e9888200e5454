import {
  equal,
  greater,
  greaterEqual,
  isFinite,
  less,
  lessEqual,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  where,
} from '../../ops/comparison.ts'
import { mul } from '../../ops/arithmetic.ts'
import { square } from '../../ops/elementwise.ts'
import type { Tensor, TensorLike } from '../../ops/tensor.ts'
import { booleans, given, integers, type OpCase, type Sample, uniform, shown } from '../op-case.ts'
import { map, zip } from '../wide.ts'

function comparison(
  op: string,
  apply: (a: TensorLike, b: TensorLike) => Tensor,
  f: (a: number, b: number) => boolean,
): OpCase[] {
  const reference = zip((a, b) => Number(f(a, b)))
  const of = (detail: string, ...inputs: readonly Sample[]): OpCase => ({
    op,
    detail,
    inputs,
    apply,
    reference,
    dtype: 'bool',
    differentiable: false,
  })
  return [
    of('of floats, some equal', given([1, 2, 3, 4]), given([2, 2, 2, 4])),
    of('of integers', integers([3, 4], 3), integers([4], 3)),
    of('of truth values', booleans([3, 4]), booleans([1, 4])),
    of('broadcast', uniform([2, 1, 3]), uniform([4, 1])),
    of('scalars', given([1], []), given([1], [])),
    of('of infinities', given([Infinity, -Infinity, 0]), given([Infinity, 0, -Infinity])),
    {
      op,
      detail: 'with a number',
      inputs: [given([0, 0.5, 1, 0.5])],
      apply: (a) => apply(a, 0.5),
      reference: zip((a) => Number(f(a, 0.5))),
      dtype: 'bool',
      differentiable: false,
    },
    {
      op,
      detail: 'as a constant of the derivative',
      inputs: [given([0.2, 0.7, 1.2, -0.5])],
      apply: (x) => where(apply(x, 0.5), square(x), mul(3, x)),
      reference: map((x) => (f(x, 0.5) ? x * x : 3 * x)),
    },
  ]
}

function logical(
  op: string,
  apply: (a: Tensor, b: Tensor) => Tensor,
  f: (a: number, b: number) => number,
): OpCase[] {
  return [
    [
      [4, 3],
      [4, 3],
    ],
    [[4, 3], [3]],
    [[], []],
  ].map(([a, b]) => ({
    op,
    detail: `${shown(a!)} with ${shown(b!)}`,
    inputs: [booleans(a!), booleans(b!)],
    apply: apply as OpCase['apply'],
    reference: zip(f),
    dtype: 'bool',
    differentiable: false,
  }))
}

const choose = zip((condition, a, b) => (condition ? a : b))

export const comparisonCases: readonly OpCase[] = [
  ...comparison('equal', equal, (a, b) => a === b),
  ...comparison('notEqual', notEqual, (a, b) => a !== b),
  ...comparison('less', less, (a, b) => a < b),
  ...comparison('lessEqual', lessEqual, (a, b) => a <= b),
  ...comparison('greater', greater, (a, b) => a > b),
  ...comparison('greaterEqual', greaterEqual, (a, b) => a >= b),
  ...logical('logicalAnd', logicalAnd, (a, b) => a & b),
  ...logical('logicalOr', logicalOr, (a, b) => a | b),
  ...[[2, 3], []].map((shape): OpCase => ({
    op: 'logicalNot',
    detail: shown(shape),
    inputs: [booleans(shape)],
    apply: (a) => logicalNot(a),
    reference: map((a) => 1 - a),
    dtype: 'bool',
    differentiable: false,
  })),
  {
    op: 'isFinite',
    detail: 'of floats',
    inputs: [given([0, Infinity, -Infinity, NaN, 3e38, -1])],
    apply: (x) => isFinite(x),
    reference: map((x) => Number(Number.isFinite(x))),
    dtype: 'bool',
    differentiable: false,
  },
  ...(
    [
      ['of one shape', [2, 3], [2, 3], [2, 3]],
      ['a condition of rows', [2, 1], [2, 3], [2, 3]],
      ['a condition of columns', [3], [2, 3], [2, 3]],
      ['all broadcast', [2, 1, 1], [3, 1], [4]],
      ['scalars', [], [], []],
      ['a scalar otherwise', [2, 3], [2, 3], []],
      ['four axes', [2, 1, 2, 1], [2, 3, 1, 2], [1]],
    ] as const
  ).map(([detail, condition, a, b]): OpCase => ({
    op: 'where',
    detail,
    inputs: [booleans(condition), uniform(a), uniform(b)],
    apply: (c, x, y) => where(c, x, y),
    reference: choose,
  })),
  {
    op: 'where',
    detail: 'with numbers',
    inputs: [booleans([4])],
    apply: (c) => where(c, 2, -1),
    reference: map((c) => (c ? 2 : -1)),
  },
  {
    op: 'where',
    detail: 'of integers',
    inputs: [booleans([2, 3]), integers([2, 3], 9), integers([3], 9)],
    apply: (c, x, y) => where(c, x, y),
    reference: choose,
    dtype: 'int32',
    differentiable: false,
  },
  {
    op: 'where',
    detail: 'of truth values',
    inputs: [booleans([2, 3]), booleans([2, 3]), booleans([3])],
    apply: (c, x, y) => where(c, x, y),
    reference: choose,
    dtype: 'bool',
    differentiable: false,
  },
]
