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
  stack,
  tile,
  transpose,
  unstack,
} from '../../ops/shape.ts'
import type { Tensor } from '../../ops/tensor.ts'
import { booleans, distinct, given, integers, type OpCase, uniform, shown } from '../op-case.ts'
import { alongAxis, at, build, map, type Wide } from '../wide.ts'

function unary(
  op: string,
  detail: string,
  shape: readonly number[],
  apply: (x: Tensor) => Tensor | readonly Tensor[],
  reference: (x: Wide) => Wide | readonly Wide[],
): OpCase {
  return {
    op,
    detail: `${shown(shape)} ${detail}`,
    inputs: [uniform(shape)],
    apply: (x) => apply(x),
    reference: (x) => reference(x),
  }
}

function several(
  op: string,
  detail: string,
  shapes: readonly (readonly number[])[],
  apply: (xs: readonly Tensor[]) => Tensor,
  reference: (xs: readonly Wide[]) => Wide,
): OpCase {
  return {
    op,
    detail,
    inputs: shapes.map((shape) => uniform(shape)),
    apply: (...xs) => apply(xs),
    reference: (...xs) => reference(xs),
  }
}

const reshaped =
  (...shape: number[]) =>
  ({ data }: Wide): Wide => ({ shape, data })

const permuted = (x: Wide, order: readonly number[]): Wide =>
  build(
    order.map((axis) => x.shape[axis]!),
    (index) =>
      at(
        x,
        x.shape.map((_, axis) => index[order.indexOf(axis)]!),
      ),
  )

const joined = (xs: readonly Wide[], axis: number): Wide => {
  const starts = xs.map((_, k) => xs.slice(0, k).reduce((sum, x) => sum + x.shape[axis]!, 0))
  const extent = xs.reduce((sum, x) => sum + x.shape[axis]!, 0)
  return build(xs[0]!.shape.with(axis, extent), (index) => {
    const k = starts.findLastIndex((start) => start <= index[axis]!)
    return at(xs[k]!, index.with(axis, index[axis]! - starts[k]!))
  })
}

const inserted = (x: Wide, axis: number): Wide => ({
  shape: x.shape.toSpliced(axis, 0, 1),
  data: x.data,
})

const cut = (x: Wide, begin: readonly number[], size: readonly number[]): Wide =>
  build(
    size,
    (index) =>
      x.data[index.reduce((offset, i, axis) => offset * x.shape[axis]! + i + begin[axis]!, 0)]!,
  )

const pieces = (x: Wide, extents: readonly number[], axis: number): Wide[] =>
  extents.map((extent, k) => {
    const start = extents.slice(0, k).reduce((a, b) => a + b, 0)
    return cut(
      x,
      x.shape.map((_, a) => (a === axis ? start : 0)),
      x.shape.with(axis, extent),
    )
  })

const repeated = (x: Wide, repetitions: readonly number[]): Wide =>
  build(
    x.shape.map((extent, axis) => extent * repetitions[axis]!),
    (index) =>
      at(
        x,
        index.map((i, axis) => i % x.shape[axis]!),
      ),
  )

const padded = (x: Wide, paddings: readonly (readonly [number, number])[], value: number): Wide =>
  build(
    x.shape.map((extent, axis) => extent + paddings[axis]![0] + paddings[axis]![1]),
    (index) => {
      const inner = index.map((i, axis) => i - paddings[axis]![0])
      return inner.every((i, axis) => i >= 0 && i < x.shape[axis]!) ? at(x, inner) : value
    },
  )

export const shapeCases: readonly OpCase[] = [
  unary('reshape', 'to [4, 3]', [3, 4], (x) => reshape(x, [4, 3]), reshaped(4, 3)),
  unary('reshape', 'to [2, -1]', [2, 3, 2], (x) => reshape(x, [2, -1]), reshaped(2, 6)),
  unary('reshape', 'to a scalar', [1, 1], (x) => reshape(x, []), reshaped()),
  unary(
    'reshape',
    'to five axes',
    [4, 2],
    (x) => reshape(x, [2, 1, 2, 1, 2]),
    reshaped(2, 1, 2, 1, 2),
  ),
  unary(
    'transpose',
    'reversed',
    [3, 4],
    (x) => transpose(x),
    (x) => permuted(x, [1, 0]),
  ),
  unary(
    'transpose',
    'reversed',
    [2, 3, 4],
    (x) => transpose(x),
    (x) => permuted(x, [2, 1, 0]),
  ),
  unary(
    'transpose',
    'a cycle',
    [2, 3, 4],
    (x) => transpose(x, [1, 2, 0]),
    (x) => permuted(x, [1, 2, 0]),
  ),
  unary(
    'transpose',
    'four axes',
    [2, 3, 2, 4],
    (x) => transpose(x, [0, 2, 1, 3]),
    (x) => permuted(x, [0, 2, 1, 3]),
  ),
  unary(
    'transpose',
    'five axes',
    [2, 1, 3, 2, 2],
    (x) => transpose(x, [4, 0, 2, 1, 3]),
    (x) => permuted(x, [4, 0, 2, 1, 3]),
  ),
  unary(
    'transpose',
    'a vector',
    [3],
    (x) => transpose(x),
    (x) => x,
  ),
  ...[0, 1, 2, -1].map((axis) =>
    unary(
      'expandDims',
      `at ${axis}`,
      [3, 4],
      (x) => expandDims(x, axis),
      (x) => inserted(x, (axis + 3) % 3),
    ),
  ),
  unary('squeeze', 'all', [1, 3, 1], (x) => squeeze(x), reshaped(3)),
  unary('squeeze', 'one', [1, 3, 1], (x) => squeeze(x, [2]), reshaped(1, 3)),
  unary('squeeze', 'a negative axis', [1, 3, 1], (x) => squeeze(x, [-1]), reshaped(1, 3)),
  several(
    'concat',
    'rows',
    [
      [2, 3],
      [1, 3],
      [2, 3],
    ],
    (xs) => concat(xs),
    (xs) => joined(xs, 0),
  ),
  several(
    'concat',
    'columns',
    [
      [2, 3],
      [2, 1],
    ],
    (xs) => concat(xs, 1),
    (xs) => joined(xs, 1),
  ),
  several(
    'concat',
    'a negative axis',
    [
      [2, 1, 2],
      [2, 3, 2],
    ],
    (xs) => concat(xs, -2),
    (xs) => joined(xs, 1),
  ),
  several(
    'concat',
    'vectors',
    [[2], [3]],
    (xs) => concat(xs),
    (xs) => joined(xs, 0),
  ),
  several(
    'concat',
    'one tensor',
    [[2, 3]],
    (xs) => concat(xs),
    (xs) => xs[0]!,
  ),
  several(
    'concat',
    'with nothing',
    [
      [2, 3],
      [0, 3],
    ],
    (xs) => concat(xs),
    (xs) => joined(xs, 0),
  ),
  {
    op: 'concat',
    detail: 'one tensor twice',
    inputs: [uniform([2, 2])],
    apply: (x) => concat([x, x], 1),
    reference: (x) => joined([x, x], 1),
  },
  several(
    'stack',
    'scalars',
    [[], [], []],
    (xs) => stack(xs),
    (xs) =>
      joined(
        xs.map((x) => inserted(x, 0)),
        0,
      ),
  ),
  several(
    'stack',
    'first axis',
    [
      [2, 3],
      [2, 3],
    ],
    (xs) => stack(xs),
    (xs) =>
      joined(
        xs.map((x) => inserted(x, 0)),
        0,
      ),
  ),
  several(
    'stack',
    'last axis',
    [
      [2, 3],
      [2, 3],
    ],
    (xs) => stack(xs, -1),
    (xs) =>
      joined(
        xs.map((x) => inserted(x, 2)),
        2,
      ),
  ),
  unary(
    'unstack',
    'first axis',
    [3, 2],
    (x) => unstack(x),
    (x) => pieces(x, [1, 1, 1], 0).map(reshaped(2)),
  ),
  unary(
    'unstack',
    'last axis',
    [2, 3],
    (x) => unstack(x, -1),
    (x) => pieces(x, [1, 1, 1], 1).map(reshaped(2)),
  ),
  unary(
    'unstack',
    'only one slice used',
    [3, 2],
    (x) => unstack(x)[1]!,
    (x) => reshaped(2)(pieces(x, [1, 1, 1], 0)[1]!),
  ),
  unary(
    'split',
    'in two',
    [4, 3],
    (x) => split(x, 2),
    (x) => pieces(x, [2, 2], 0),
  ),
  unary(
    'split',
    'by extents',
    [2, 6],
    (x) => split(x, [1, 3, 2], 1),
    (x) => pieces(x, [1, 3, 2], 1),
  ),
  unary(
    'split',
    'along a negative axis',
    [2, 6],
    (x) => split(x, 3, -1),
    (x) => pieces(x, [2, 2, 2], 1),
  ),
  unary(
    'split',
    'only one piece used',
    [2, 6],
    (x) => split(x, 3, 1)[2]!,
    (x) => pieces(x, [2, 2, 2], 1)[2]!,
  ),
  unary(
    'slice',
    'a block',
    [3, 4],
    (x) => slice(x, [1, 1], [2, 2]),
    (x) => cut(x, [1, 1], [2, 2]),
  ),
  unary(
    'slice',
    'to the end',
    [3, 4],
    (x) => slice(x, [1, 0], [-1, -1]),
    (x) => cut(x, [1, 0], [2, 4]),
  ),
  unary(
    'slice',
    'a vector',
    [5],
    (x) => slice(x, [1], [3]),
    (x) => cut(x, [1], [3]),
  ),
  unary(
    'slice',
    'four axes',
    [2, 3, 2, 3],
    (x) => slice(x, [0, 1, 0, 1], [2, 2, 1, 2]),
    (x) => cut(x, [0, 1, 0, 1], [2, 2, 1, 2]),
  ),
  unary(
    'slice',
    'five axes',
    [2, 1, 3, 2, 3],
    (x) => slice(x, [0, 0, 1, 0, 1], [2, 1, 2, 1, 2]),
    (x) => cut(x, [0, 0, 1, 0, 1], [2, 1, 2, 1, 2]),
  ),
  unary(
    'pad',
    'zeros',
    [2, 3],
    (x) =>
      pad(x, [
        [1, 0],
        [0, 2],
      ]),
    (x) =>
      padded(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        0,
      ),
  ),
  unary(
    'pad',
    'a value',
    [3],
    (x) => pad(x, [[1, 2]], -1.5),
    (x) => padded(x, [[1, 2]], -1.5),
  ),
  unary(
    'pad',
    'four axes',
    [1, 2, 2, 1],
    (x) =>
      pad(x, [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 0],
      ]),
    (x) =>
      padded(
        x,
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 0],
        ],
        0,
      ),
  ),
  unary(
    'pad',
    'five axes',
    [1, 2, 1, 2, 1],
    (x) =>
      pad(x, [
        [0, 0],
        [1, 1],
        [1, 0],
        [0, 0],
        [0, 1],
      ]),
    (x) =>
      padded(
        x,
        [
          [0, 0],
          [1, 1],
          [1, 0],
          [0, 0],
          [0, 1],
        ],
        0,
      ),
  ),
  unary(
    'tile',
    'a vector',
    [3],
    (x) => tile(x, [2]),
    (x) => repeated(x, [2]),
  ),
  unary(
    'tile',
    'both axes',
    [2, 3],
    (x) => tile(x, [3, 2]),
    (x) => repeated(x, [3, 2]),
  ),
  unary(
    'tile',
    'once',
    [2, 3],
    (x) => tile(x, [1, 1]),
    (x) => x,
  ),
  unary(
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
    unary(
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
    unary(
      'reverse',
      `axis ${axis}`,
      shape,
      (x) => reverse(x, axis),
      (x) => alongAxis(x, axis, (line) => line.toReversed()),
    ),
  ),
  unary(
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
