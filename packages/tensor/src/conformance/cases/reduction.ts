import { all, any, argMax, argMin, logSumExp, max, mean, min, sum } from '../../ops/reduction.ts'
import type { Axes } from '../../ops/reduced-shape.ts'
import { logSoftmax, softmax } from '../../ops/softmax.ts'
import type { Tensor } from '../../ops/tensor.ts'
import {
  booleans,
  distinct,
  given,
  integers,
  type OpCase,
  type Sample,
  shown,
  uniform,
} from '../op-case.ts'
import { alongAxis, reduce, type Wide } from '../wide.ts'

type Reduction = (x: Tensor, axes?: Axes, keepDims?: boolean) => Tensor

const uses: readonly (readonly [
  shape: readonly number[],
  axes?: Axes | undefined,
  keepDims?: boolean,
])[] = [
  [[]],
  [[5]],
  [[3, 4]],
  [[3, 4], undefined, true],
  [[3, 4], 0],
  [[3, 4], 1],
  [[3, 4], -1, true],
  [[2, 3, 4], 1],
  [
    [2, 3, 4],
    [0, 2],
  ],
  [[2, 3, 4], [-1, 1], true],
  [
    [2, 2, 3, 2],
    [1, 3],
  ],
  [
    [2, 1, 2, 2, 2],
    [0, 4],
  ],
  [[1, 4], 0],
]

const listed = (axes: Axes | undefined): readonly number[] | undefined =>
  typeof axes === 'number' ? [axes] : axes

function reduction(
  op: string,
  apply: Reduction,
  f: (values: readonly number[]) => number,
  sample: (shape: readonly number[]) => Sample,
  rest: Pick<OpCase, 'dtype' | 'differentiable'> = {},
): OpCase[] {
  return uses.map(([shape, axes, keepDims = false]) => ({
    op,
    detail: `${shown(shape)} over ${typeof axes === 'object' ? shown(axes) : (axes ?? 'all')}${keepDims ? ', kept' : ''}${rest.dtype ? ` as ${rest.dtype}` : ''}`,
    inputs: [sample(shape)],
    apply: (x) => apply(x, axes, keepDims),
    reference: (x) => reduce(x, listed(axes), keepDims, f),
    ...rest,
  }))
}

const total = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0)
const peak = (values: readonly number[]): number => Math.max(...values)
const logTotal = (values: readonly number[]): number => {
  const top = peak(values)
  return Number.isFinite(top) ? top + Math.log(total(values.map((x) => Math.exp(x - top)))) : top
}

function atEdges(op: string, apply: Reduction, f: (values: readonly number[]) => number): OpCase {
  const rows = [
    [1e4, -1e4, 0],
    [-Infinity, 0, 1],
    [-Infinity, -Infinity, -Infinity],
    [1e30, 1e30, -1e30],
  ]
  return {
    op,
    detail: 'of large and infinite numbers',
    inputs: [given(rows.flat(), [4, 3])],
    apply: (x) => apply(x, 1),
    reference: (x) => reduce(x, [1], false, f),
    differentiable: false,
  }
}

function ofNothing(
  op: string,
  apply: Reduction,
  neutral: number,
  sample: (shape: readonly number[]) => Sample,
  dtype: OpCase['dtype'] = 'float32',
): OpCase[] {
  return [[0, 3], [2, 0], [0]].map((shape) => ({
    op,
    detail: `of nothing, ${shown(shape)}`,
    inputs: [sample(shape)],
    apply: (x) => apply(x, shape.indexOf(0)),
    reference: (x) => reduce(x, [shape.indexOf(0)], false, () => neutral),
    dtype,
    differentiable: false,
  }))
}

function position(
  op: string,
  apply: (x: Tensor, axis?: number) => Tensor,
  best: (...values: number[]) => number,
): OpCase[] {
  const of = (detail: string, sample: Sample, axis?: number): OpCase => ({
    op,
    detail,
    inputs: [sample],
    apply: (x) => apply(x, axis),
    reference: (x) => reduce(x, [axis ?? -1], false, (values) => values.indexOf(best(...values))),
    dtype: 'int32',
    differentiable: false,
  })
  return [
    of('last axis', distinct([3, 4])),
    of('first axis', distinct([3, 4]), 0),
    of('middle axis', distinct([2, 3, 2]), 1),
    of('ties', given([1, 3, 3, 0, 0, 2], [2, 3])),
    of('of integers', integers([4, 5], 3)),
  ]
}

function overAxis(
  op: string,
  apply: (x: Tensor, axis?: number) => Tensor,
  f: (line: readonly number[]) => number[],
): OpCase[] {
  const of = (detail: string, sample: Sample, axis?: number): OpCase => ({
    op,
    detail,
    inputs: [sample],
    apply: (x) => apply(x, axis),
    reference: (x: Wide | undefined) => alongAxis(x!, axis ?? -1, f),
  })
  return [
    of('of a vector', distinct([5])),
    of('last axis', distinct([3, 4])),
    of('first axis', distinct([3, 4]), 0),
    of('middle axis', distinct([2, 3, 2]), 1),
    of('four axes', distinct([2, 2, 1, 3]), -1),
    of('with some minus infinity', given([1, -Infinity, 2, 0.5, 0.1, -Infinity], [2, 3])),
    of('of sure scores', given([90, 0, -90, 60, 50, 0], [2, 3])),
  ].map((use) => (use.detail.startsWith('with') ? { ...use, differentiable: false } : use))
}

const logShares = (line: readonly number[]): number[] => line.map((x) => x - logTotal(line))

export const reductionCases: readonly OpCase[] = [
  ...reduction('sum', sum, total, distinct),
  ...reduction('mean', mean, (values) => total(values) / values.length, distinct),
  ...reduction('max', max, peak, distinct),
  ...reduction('min', min, (values) => Math.min(...values), distinct),
  ...reduction('logSumExp', logSumExp, logTotal, distinct),
  ...reduction('sum', sum, total, (shape) => integers(shape, 9), {
    dtype: 'int32',
    differentiable: false,
  }),
  ...reduction('max', max, peak, (shape) => integers(shape, 9), {
    dtype: 'int32',
    differentiable: false,
  }),
  ...ofNothing('sum', sum, 0, uniform),
  ...ofNothing('any', any, 0, booleans, 'bool'),
  ...ofNothing('all', all, 1, booleans, 'bool'),
  ...reduction('any', any, peak, booleans, { dtype: 'bool', differentiable: false }),
  ...reduction('all', all, (values) => Math.min(...values), booleans, {
    dtype: 'bool',
    differentiable: false,
  }),
  ...(
    [
      // Equal numbers, so that the errors of adding one after the other add up too; TensorFlow adds so along first axes.
      ['all', undefined, [300, 400], 0.1],
      ['last axis', [-1], [3, 20000], 0.1],
      ['first axis', [0], [20000, 3], 0],
      ['outer axes', [0, 2], [100, 2, 200], 0],
    ] as const
  ).map(([detail, axes, shape, low]): OpCase => ({
    op: 'sum',
    detail: `of many numbers, ${detail}`,
    inputs: [uniform(shape, low, 0.1)],
    apply: (x) => sum(x, axes),
    reference: (x) => reduce(x, axes, false, total),
    differentiable: false,
  })),
  {
    op: 'sum',
    detail: 'of truth values counts them',
    inputs: [booleans([3, 4])],
    apply: (x) => sum(x, 1),
    reference: (x) => reduce(x, [1], false, total),
    dtype: 'int32',
    differentiable: false,
  },
  {
    op: 'mean',
    detail: 'of truth values is their share',
    inputs: [booleans([3, 4])],
    apply: (x) => mean(x, 1),
    reference: (x) => reduce(x, [1], false, (values) => total(values) / values.length),
    differentiable: false,
  },
  atEdges('max', max, peak),
  atEdges('min', min, (values) => Math.min(...values)),
  atEdges('logSumExp', logSumExp, logTotal),
  ...position('argMax', argMax, Math.max),
  ...position('argMin', argMin, Math.min),
  ...overAxis('logSoftmax', logSoftmax, logShares),
  ...overAxis('softmax', softmax, (line) => logShares(line).map(Math.exp)),
]
