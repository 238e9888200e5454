import { add, div, maximum, minimum, mul, squaredDifference, sub } from '../../ops/arithmetic.ts'
import { cast } from '../../ops/shape.ts'
import type { Tensor, TensorLike } from '../../ops/tensor.ts'
import { distinct, given, integers, type OpCase, uniform } from '../op-case.ts'
import { zip } from '../wide.ts'

type Binary = (a: TensorLike, b: TensorLike) => Tensor

function binary(
  op: string,
  apply: Binary,
  f: (a: number, b: number) => number,
  second: typeof uniform = uniform,
): OpCase[] {
  const reference = zip(f)
  const of = (detail: string, a: readonly number[], b: readonly number[]): OpCase => ({
    op,
    detail,
    inputs: [uniform(a), second(b, 0.5, 2)],
    apply,
    reference,
  })
  return [
    of('scalars', [], []),
    of('of one shape', [2, 3], [2, 3]),
    of('with a row', [4, 3], [3]),
    of('with a column', [4, 1], [3]),
    of('with a scalar', [2, 3], []),
    of('a scalar with a matrix', [], [2, 3]),
    of('batch axes', [2, 1, 3], [4, 1]),
    of('five axes', [2, 1, 2, 1, 2], [1, 3, 1, 2, 2]),
    of('of nothing', [0, 3], [3]),
    {
      op,
      detail: 'with a number',
      inputs: [uniform([2, 3])],
      apply: (a) => apply(a, 1.75),
      reference: (a) => zip((x) => f(x, 1.75))(a),
    },
    {
      op,
      detail: 'a number with a tensor',
      inputs: [second([2, 3], 0.5, 2)],
      apply: (b) => apply(0.25, b),
      reference: (b) => zip((x) => f(0.25, x))(b),
    },
    {
      op,
      detail: 'an argument twice',
      inputs: [second([5], 0.5, 2)],
      apply: (x) => apply(x, mul(x, 1.5)),
      reference: zip((x) => f(x, 1.5 * x)),
    },
    {
      op,
      detail: 'of integers as floats',
      inputs: [integers([4], 5), uniform([4], 0.5, 2)],
      apply: (a, b) => apply(cast(a, 'float32'), b),
      reference,
    },
  ]
}

function apart(op: string, apply: Binary, f: (a: number, b: number) => number): OpCase[] {
  const reference = zip(f)
  return [
    {
      op,
      detail: 'of one shape',
      inputs: [distinct([3, 4])],
      apply: (x) => apply(x, mul(x, -0.3)),
      reference: zip((x) => f(x, -0.3 * x)),
    },
    {
      op,
      detail: 'broadcast',
      inputs: [distinct([3, 4]), given([0.01, -0.51, 0.3, 0.61])],
      apply,
      reference,
    },
    {
      op,
      detail: 'scalar first',
      inputs: [given([0.01], []), given([[1, -1, 0.5, -0.25]].flat(), [2, 2])],
      apply,
      reference,
    },
    {
      op,
      detail: 'with a number',
      inputs: [given([1, -1, 0.5, -0.25], [2, 2])],
      apply: (x) => apply(x, 0.1),
      reference: zip((x) => f(x, 0.1)),
    },
    {
      op,
      detail: 'of infinities',
      inputs: [given([Infinity, -Infinity, 1]), given([0, 0, Infinity])],
      apply,
      reference,
      differentiable: false,
    },
    {
      op,
      detail: 'of integers',
      inputs: [integers([4], 5), integers([2, 1], 5)],
      apply,
      reference,
      dtype: 'int32',
      differentiable: false,
    },
  ]
}

export const arithmeticCases: readonly OpCase[] = [
  ...binary('add', add, (a, b) => a + b),
  ...binary('sub', sub, (a, b) => a - b),
  ...binary('mul', mul, (a, b) => a * b),
  ...binary('div', div, (a, b) => a / b),
  ...binary('squaredDifference', squaredDifference, (a, b) => (a - b) ** 2),
  ...apart('maximum', maximum, Math.max),
  ...apart('minimum', minimum, Math.min),
  ...(
    [
      ['add', add, (a: number, b: number) => a + b],
      ['sub', sub, (a: number, b: number) => a - b],
      ['mul', mul, (a: number, b: number) => a * b],
    ] as const
  ).map(([op, apply, f]): OpCase => ({
    op,
    detail: 'of integers',
    inputs: [integers([3], 9), integers([2, 1], 9)],
    apply,
    reference: zip(f),
    dtype: 'int32',
    differentiable: false,
  })),
]
