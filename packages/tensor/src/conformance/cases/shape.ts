import {
  broadcastTo,
  cast,
  concat,
  expandDims,
  pad,
  reshape,
  reverse,
  slice,
  split,
  squeeze,
  tile,
  transpose,
  unstack,
} from '../../ops/shape.ts'
import type { Tensor } from '../../ops/tensor.ts'
import { booleans, distinct, given, integers, ofOne, type OpCase, shown } from '../op-case.ts'
import {
  cut,
  inserted,
  joined,
  padded,
  permuted,
  pieces,
  repeated,
  reshaped,
} from '../rearranged.ts'
import { alongAxis, at, build, map, type Wide } from '../wide.ts'

export const shapeCases: readonly OpCase[] = [
  ofOne('reshape', 'to [4, 3]', [3, 4], (x) => reshape(x, [4, 3]), reshaped(4, 3)),
  ofOne('reshape', 'to [2, -1]', [2, 3, 2], (x) => reshape(x, [2, -1]), reshaped(2, 6)),
  ofOne('reshape', 'to a scalar', [1, 1], (x) => reshape(x, []), reshaped()),
  ofOne(
    'reshape',
    'to five axes',
    [4, 2],
    (x) => reshape(x, [2, 1, 2, 1, 2]),
    reshaped(2, 1, 2, 1, 2),
  ),
  ofOne(
    'transpose',
    'reversed',
    [3, 4],
    (x) => transpose(x),
    (x) => permuted(x, [1, 0]),
  ),
  ofOne(
    'transpose',
    'reversed',
    [2, 3, 4],
    (x) => transpose(x),
    (x) => permuted(x, [2, 1, 0]),
  ),
  ofOne(
    'transpose',
    'a cycle',
    [2, 3, 4],
    (x) => transpose(x, [1, 2, 0]),
    (x) => permuted(x, [1, 2, 0]),
  ),
  ofOne(
    'transpose',
    'four axes',
    [2, 3, 2, 4],
    (x) => transpose(x, [0, 2, 1, 3]),
    (x) => permuted(x, [0, 2, 1, 3]),
  ),
  ofOne(
    'transpose',
    'five axes',
    [2, 1, 3, 2, 2],
    (x) => transpose(x, [4, 0, 2, 1, 3]),
    (x) => permuted(x, [4, 0, 2, 1, 3]),
  ),
  ofOne(
    'transpose',
    'a vector',
    [3],
    (x) => transpose(x),
    (x) => x,
  ),
  ...[0, 1, 2, -1].map((axis) =>
    ofOne(
      'expandDims',
      `at ${axis}`,
      [3, 4],
      (x) => expandDims(x, axis),
      (x) => inserted(x, (axis + 3) % 3),
    ),
  ),
  ofOne('squeeze', 'all', [1, 3, 1], (x) => squeeze(x), reshaped(3)),
  ofOne('squeeze', 'one', [1, 3, 1], (x) => squeeze(x, [2]), reshaped(1, 3)),
  ofOne('squeeze', 'a negative axis', [1, 3, 1], (x) => squeeze(x, [-1]), reshaped(1, 3)),
  ofOne(
    'tile',
    'a vector',
    [3],
    (x) => tile(x, [2]),
    (x) => repeated(x, [2]),
  ),
  ofOne(
    'tile',
    'both axes',
    [2, 3],
    (x) => tile(x, [3, 2]),
    (x) => repeated(x, [3, 2]),
  ),
  ofOne(
    'tile',
    'once',
    [2, 3],
    (x) => tile(x, [1, 1]),
    (x) => x,
  ),
  ofOne(
    'tile',
    'five axes',
    [2, 1, 2, 1, 2],
    (x) => tile(x, [1, 2, 2, 1, 2]),
    (x) => repeated(x, [1, 2, 2, 1, 2]),
  ),
  ...(
    [
      [[3], [2, 3]],
      [
        [2, 1],
        [2, 3],
      ],
      [
        [1, 3, 1],
        [2, 2, 3, 4],
      ],
      [[], [2, 3]],
      [
        [2, 3],
        [2, 3],
      ],
      [
        [2, 1, 2, 1, 1],
        [2, 2, 2, 1, 3],
      ],
    ] as const
  ).map(([from, to]) =>
    ofOne(
      'broadcastTo',
      `to ${shown(to)}`,
      from,
      (x) => broadcastTo(x, to),
      (x) => build(to, (index) => at(x, index)),
    ),
  ),
  ...(
    [
      [[4], 0],
      [[2, 3], 0],
      [[2, 3], -1],
      [[2, 3, 2], 1],
    ] as const
  ).map(([shape, axis]) =>
    ofOne(
      'reverse',
      `axis ${axis}`,
      shape,
      (x) => reverse(x, axis),
      (x) => alongAxis(x, axis, (line) => line.toReversed()),
    ),
  ),
  ofOne(
    'cast',
    'to its own type',
    [3],
    (x) => cast(x, 'float32'),
    (x) => x,
  ),
  ...(
    [
      ['floats to int32', given([-1.5, -0.5, 0, 0.5, 1.5, 7]), 'int32', Math.trunc],
      ['floats to bool', given([-1.5, 0, 0.25, 7]), 'bool', (x: number) => Number(x !== 0)],
      ['integers to bool', given([-1, 0, 2], [3], 'int32'), 'bool', (x: number) => Number(x !== 0)],
      ['integers to float32', integers([5], 9), 'float32', (x: number) => x],
      ['truth values to float32', booleans([5]), 'float32', (x: number) => x],
      ['truth values to int32', booleans([5]), 'int32', (x: number) => x],
    ] as const
  ).map(([detail, sample, dtype, f]): OpCase => ({
    op: 'cast',
    detail,
    inputs: [sample],
    apply: (x) => cast(x, dtype),
    reference: map(f),
    dtype,
    differentiable: false,
  })),
  ...(
    [
      ['reshape', (x: Tensor) => reshape(x, [6]), reshaped(6)],
      ['transpose', (x: Tensor) => transpose(x), (x: Wide) => permuted(x, [1, 0])],
      ['concat', (x: Tensor) => concat([x, x]), (x: Wide) => joined([x, x], 0)],
      ['slice', (x: Tensor) => slice(x, [0, 1], [2, 2]), (x: Wide) => cut(x, [0, 1], [2, 2])],
      [
        'pad',
        (x: Tensor) =>
          pad(x, [
            [0, 1],
            [1, 0],
          ]),
        (x: Wide) =>
          padded(
            x,
            [
              [0, 1],
              [1, 0],
            ],
            0,
          ),
      ],
      ['tile', (x: Tensor) => tile(x, [2, 1]), (x: Wide) => repeated(x, [2, 1])],
      [
        'broadcastTo',
        (x: Tensor) => broadcastTo(x, [2, 2, 3]),
        (x: Wide) => build([2, 2, 3], (index) => at(x, index)),
      ],
      [
        'reverse',
        (x: Tensor) => reverse(x, 0),
        (x: Wide) => alongAxis(x, 0, (line) => line.toReversed()),
      ],
      ['split', (x: Tensor) => split(x, 2, 0), (x: Wide) => pieces(x, [1, 1], 0)],
      ['unstack', (x: Tensor) => unstack(x), (x: Wide) => pieces(x, [1, 1], 0).map(reshaped(3))],
    ] as const
  ).flatMap(([op, apply, reference]) =>
    (['int32', 'bool'] as const).map((dtype): OpCase => ({
      op,
      detail: `of ${dtype}`,
      inputs: [dtype === 'bool' ? booleans([2, 3]) : integers([2, 3], 9)],
      apply: (x) => apply(x),
      reference: (x) => reference(x),
      dtype,
      differentiable: false,
    })),
  ),
  {
    op: 'transpose',
    detail: 'with a repeated use',
    inputs: [distinct([3, 3])],
    apply: (x) => transpose(transpose(x)),
    reference: (x) => x,
  },
]
