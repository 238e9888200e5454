import { array, filled } from '../../ndarray.ts'
import {
  constant,
  fill,
  oneHot,
  ones,
  onesLike,
  range,
  scalar,
  zeros,
  zerosLike,
} from '../../ops/creation.ts'
import { add, mul } from '../../ops/arithmetic.ts'
import { square } from '../../ops/elementwise.ts'
import { stopGradient } from '../../ops/tape.ts'
import type { DType } from '../../ndarray.ts'
import type { Tensor } from '../../ops/tensor.ts'
import { booleans, given, integers, type OpCase, type Sample, uniform } from '../op-case.ts'
import { build, map, type Wide } from '../wide.ts'

function made(
  op: string,
  detail: string,
  apply: () => Tensor,
  reference: Wide,
  dtype: DType = 'float32',
): OpCase {
  return {
    op,
    detail,
    inputs: [],
    apply,
    reference: () => reference,
    dtype,
    differentiable: false,
  }
}

function like(op: string, apply: (x: Tensor) => Tensor, value: number): OpCase[] {
  const samples: readonly (readonly [DType, Sample])[] = [
    ['float32', uniform([2, 3])],
    ['int32', integers([2, 3], 9)],
    ['bool', booleans([2, 3])],
  ]
  return samples.map(([dtype, sample]) => ({
    op,
    detail: dtype,
    inputs: [sample],
    apply: (x) => apply(x),
    reference: map(() => value),
    dtype,
    differentiable: dtype === 'float32',
  }))
}

const dtypes = ['float32', 'int32', 'bool'] as const

export const creationCases: readonly OpCase[] = [
  ...dtypes.flatMap((dtype) => [
    made(
      'zeros',
      dtype,
      () => zeros([2, 3], dtype),
      build([2, 3], () => 0),
      dtype,
    ),
    made(
      'ones',
      dtype,
      () => ones([2, 3], dtype),
      build([2, 3], () => 1),
      dtype,
    ),
    made(
      'fill',
      dtype,
      () => fill([2, 3], 1, dtype),
      build([2, 3], () => 1),
      dtype,
    ),
    made(
      'scalar',
      dtype,
      () => scalar(1, dtype),
      build([], () => 1),
      dtype,
    ),
    made(
      'constant',
      dtype,
      () => constant(filled([3], 1, dtype)),
      build([3], () => 1),
      dtype,
    ),
  ]),
  made(
    'zeros',
    'a scalar',
    () => zeros([]),
    build([], () => 0),
  ),
  made(
    'zeros',
    'nothing',
    () => zeros([0, 2]),
    build([0, 2], () => 0),
  ),
  made(
    'fill',
    'a fraction',
    () => fill([2], -0.25),
    build([2], () => -0.25),
  ),
  made(
    'scalar',
    'a fraction',
    () => scalar(0.1),
    build([], () => 0.1),
  ),
  made(
    'constant',
    'a matrix',
    () =>
      constant(
        array([
          [1, 2],
          [3, 4],
        ]),
      ),
    build([2, 2], ([i, j]) => 1 + 2 * i! + j!),
  ),
  made(
    'range',
    'from 2 to 6',
    () => range(2, 6),
    build([4], ([i]) => 2 + i!),
    'int32',
  ),
  made(
    'range',
    'falling',
    () => range(0, -3),
    build([3], ([i]) => -i!),
    'int32',
  ),
  made(
    'range',
    'empty',
    () => range(2, 2),
    build([0], () => 0),
    'int32',
  ),
  ...like('zerosLike', zerosLike, 0),
  ...like('onesLike', onesLike, 1),
  ...(
    [
      ['a vector', given([2, 0, 1], [3], 'int32'), [3]],
      ['outside gives zeros', given([-1, 4, 3], [3], 'int32'), [3]],
      ['a matrix', integers([2, 3], 4), [2, 3]],
      ['a scalar', given([1], [], 'int32'), []],
    ] as const
  ).map(([detail, sample]): OpCase => ({
    op: 'oneHot',
    detail,
    inputs: [sample],
    apply: (i) => oneHot(i, 4),
    reference: (i) => ({
      shape: [...i.shape, 4],
      data: Float64Array.from([...i.data].flatMap((k) => [0, 1, 2, 3].map((j) => Number(j === k)))),
    }),
    differentiable: false,
  })),
  {
    op: 'stopGradient',
    detail: 'of everything',
    inputs: [uniform([2, 3])],
    apply: (x) => stopGradient(square(x)),
    reference: map((x) => x * x),
    differentiable: false,
  },
  {
    op: 'stopGradient',
    detail: 'leaves other paths',
    inputs: [uniform([2, 3])],
    // Taken away again, so that the reference may know nothing of it.
    apply: (x) => add(square(x), mul(0, stopGradient(x))),
    reference: map((x) => x * x),
  },
]
