import { concat, pad, slice, split, stack, unstack } from '../../ops/shape.ts'
import type { Tensor } from '../../ops/tensor.ts'
import { ofOne, type OpCase, uniform } from '../op-case.ts'
import { cut, inserted, joined, padded, pieces, reshaped } from '../rearranged.ts'
import type { Wide } from '../wide.ts'

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

export const pieceCases: readonly OpCase[] = [
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
  ofOne(
    'unstack',
    'first axis',
    [3, 2],
    (x) => unstack(x),
    (x) => pieces(x, [1, 1, 1], 0).map(reshaped(2)),
  ),
  ofOne(
    'unstack',
    'last axis',
    [2, 3],
    (x) => unstack(x, -1),
    (x) => pieces(x, [1, 1, 1], 1).map(reshaped(2)),
  ),
  ofOne(
    'unstack',
    'only one slice used',
    [3, 2],
    (x) => unstack(x)[1]!,
    (x) => reshaped(2)(pieces(x, [1, 1, 1], 0)[1]!),
  ),
  ofOne(
    'split',
    'in two',
    [4, 3],
    (x) => split(x, 2),
    (x) => pieces(x, [2, 2], 0),
  ),
  ofOne(
    'split',
    'by extents',
    [2, 6],
    (x) => split(x, [1, 3, 2], 1),
    (x) => pieces(x, [1, 3, 2], 1),
  ),
  ofOne(
    'split',
    'along a negative axis',
    [2, 6],
    (x) => split(x, 3, -1),
    (x) => pieces(x, [2, 2, 2], 1),
  ),
  ofOne(
    'split',
    'only one piece used',
    [2, 6],
    (x) => split(x, 3, 1)[2]!,
    (x) => pieces(x, [2, 2, 2], 1)[2]!,
  ),
  ofOne(
    'slice',
    'a block',
    [3, 4],
    (x) => slice(x, [1, 1], [2, 2]),
    (x) => cut(x, [1, 1], [2, 2]),
  ),
  ofOne(
    'slice',
    'to the end',
    [3, 4],
    (x) => slice(x, [1, 0], [-1, -1]),
    (x) => cut(x, [1, 0], [2, 4]),
  ),
  ofOne(
    'slice',
    'a vector',
    [5],
    (x) => slice(x, [1], [3]),
    (x) => cut(x, [1], [3]),
  ),
  ofOne(
    'slice',
    'four axes',
    [2, 3, 2, 3],
    (x) => slice(x, [0, 1, 0, 1], [2, 2, 1, 2]),
    (x) => cut(x, [0, 1, 0, 1], [2, 2, 1, 2]),
  ),
  ofOne(
    'slice',
    'five axes',
    [2, 1, 3, 2, 3],
    (x) => slice(x, [0, 0, 1, 0, 1], [2, 1, 2, 1, 2]),
    (x) => cut(x, [0, 0, 1, 0, 1], [2, 1, 2, 1, 2]),
  ),
  ofOne(
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
  ofOne(
    'pad',
    'a value',
    [3],
    (x) => pad(x, [[1, 2]], -1.5),
    (x) => padded(x, [[1, 2]], -1.5),
  ),
  ofOne(
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
  ofOne(
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
]
