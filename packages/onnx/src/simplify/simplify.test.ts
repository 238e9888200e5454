import {
  abs,
  add,
  broadcastTo,
  cast,
  div,
  eagerEngine,
  type Engine,
  expandDims,
  fill,
  greaterEqual,
  jit,
  logicalAnd,
  logicalOr,
  loop,
  matMul,
  mul,
  ndarray,
  neg,
  ones,
  random,
  reshape,
  softplus,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  transpose,
  where,
  zeros,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { explain } from '../explain.ts'
import { onnxEngine } from '../onnx-engine.ts'

let engines: readonly [Engine, Engine]
beforeAll(async () => {
  engines = [await eagerEngine({ backend: 'cpu' }), await onnxEngine()]
})

const draw = random(8)
const x = draw.normals([3, 4])
const y = draw.normals([3, 4])
const row = draw.normals([4])

type Law = readonly [name: string, nodes: string, fn: (x: Tensor, y: Tensor, row: Tensor) => Tensor]

/** A matrix product of the shape of `a`. */
function product(a: Tensor, b: Tensor): Tensor {
  return matMul(a, matMul(b, b, { transposeA: true }), { transposeB: true })
}

/** What each rewrite leaves, as operators with their counts. */
const laws: readonly Law[] = [
  ['x · 1 = x', '1 Abs', (a) => abs(mul(a, 1))],
  ['1 · x = x', '1 Abs', (a) => abs(mul(ones([3, 4]), a))],
  ['x + 0 = x', '1 Abs', (a) => abs(add(a, zeros([4])))],
  ['x - 0 = x', '1 Abs', (a) => abs(sub(a, 0))],
  ['x / 1 = x', '1 Abs', (a) => abs(div(a, 1))],
  ['0 - x = -x', '1 Neg', (a) => sub(0, a)],
  ['x · -1 = -x', '1 Neg', (a) => mul(a, -1)],
  ['-(-x) = x', '1 Abs', (a) => abs(neg(neg(a)))],
  ['x + (-y) = x - y', '1 Sub', (a, b) => add(a, neg(b))],
  ['x - (-y) = x + y', '1 Add', (a, b) => sub(a, neg(b))],
  ['(2x) · 3 = 6x', '1 Mul', (a) => mul(3, mul(2, a))],
  ['-(2x) = -2x', '1 Mul', (a) => neg(mul(2, a))],
  ['x · 0 is computed, for infinity', '1 Mul', (a) => mul(a, 0)],
  ['row + 0, of more extents, is repeated', '1 Expand', (_, __, r) => add(r, zeros([3, 4]))],
  ['constants', '1 Mul', (a) => mul(a, sum(square(sub(fill([5, 7], 3), 1))))],
  ['1 + 1 = 2 at once', '1 Add', (a) => add(a, add(ones([4]), ones([3, 4])))],
  ['equal nodes are one', '1 Mul, 1 Add, 1 Abs', (a, b) => abs(add(mul(a, b), mul(a, b)))],
  [
    'dead nodes are dropped',
    '1 Abs',
    (a, b) => {
      mul(a, b)
      return abs(a)
    },
  ],
  ['double transposition', '1 Abs', (a) => abs(transpose(transpose(a)))],
  [
    'transpositions join',
    '1 Reshape, 1 Transpose',
    (a) => transpose(transpose(reshape(a, [3, 2, 2]), [1, 0, 2]), [2, 1, 0]),
  ],
  ['reshapes join', '1 Reshape', (a) => reshape(reshape(expandDims(a, 0), [-1]), [4, 3])],
  ['reshapes cancel', '1 Abs', (a) => abs(reshape(reshape(a, [12]), [3, 4]))],
  ['repetition is left to broadcasting', '1 Mul', (a, _, r) => mul(a, broadcastTo(r, [3, 4]))],
  [
    'repetition comes late',
    '1 Abs, 1 Add, 1 Expand',
    (_, __, r) => abs(add(broadcastTo(r, [3, 4]), 1)),
  ],
  [
    'choice by row',
    '1 Equal, 1 Not, 1 ReduceSum, 1 Reshape, 1 Where, 2 Cast',
    (a, b) => {
      const condition = reshape(cast(cast(sum(a, 1), 'int32'), 'bool'), [3, 1])
      // As minimizers repeat it: multiplied out and compared.
      const everywhere = greaterEqual(mul(cast(condition, 'float32'), ones([3, 4])), ones([3, 4]))
      return where(everywhere, a, b)
    },
  ],
  [
    'x and x, x or x',
    '1 Cast, 1 GreaterOrEqual',
    (a) => {
      const flag = greaterEqual(a, 0)
      return cast(logicalOr(logicalAnd(flag, flag), flag), 'float32')
    },
  ],
  [
    'matrix product with a transposed factor',
    '1 Gemm',
    (a, b) => matMul(a, b, { transposeB: true }),
  ],
  ['of two', '1 Gemm, 1 Reshape', (a, b) => matMul(transpose(a), transpose(reshape(b, [4, 3])))],
  ['column times row', '1 Expand, 1 Reshape', (a) => matMul(reshape(a, [12, 1]), ones([1, 2]))],
  ['sum of a broadcast product', '1 MatMul', (a, _, r) => sum(mul(a, r), 1)],
  [
    'a step against a product less something',
    '1 Add, 1 Mul, 2 Gemm',
    (a, b) => sub(a, mul(0.1, sub(product(a, b), b))),
  ],
  [
    'against a product and something',
    '1 Mul, 1 Sub, 2 Gemm',
    (a, b) => sub(a, mul(0.1, add(product(a, b), b))),
  ],
  [
    'along a product less something',
    '1 Mul, 1 Sub, 2 Gemm',
    (a, b) => add(a, mul(0.1, sub(product(a, b), b))),
  ],
  ['along a product', '2 Gemm', (a, b) => add(a, mul(product(a, b), 0.1))],
  ['against a product', '2 Gemm', (a, b) => sub(a, mul(product(a, b), 0.1))],
  [
    'a product that is needed elsewhere stays',
    '1 Abs, 1 Add, 1 Mul, 1 Sub, 2 Gemm',
    (a, b) => {
      const direction = product(a, b)
      const other = abs(direction)
      return add(sub(a, mul(direction, 0.1)), other)
    },
  ],
  [
    'and one that does not change from step to step',
    '1 Mul, 2 Gemm, 3 Add',
    (a, b) => {
      const direction = product(a, b)
      return loop(3, ({ at }: { at: Tensor }) => ({ at: add(at, mul(0.1, direction)) }), { at: b })
        .at
    },
  ],
  [
    'in a loop what occurs twice is one, and what stays the same is summed before',
    '3 Add, 4 Gemm, 4 Mul',
    (a, b) => {
      const square4 = matMul(b, b, { transposeA: true })
      const step = ({ at }: { at: Tensor }): { at: Tensor } => ({
        at: sub(at, mul(0.1, add(matMul(at, square4), mul(2, sub(at, b))))),
      })
      return loop(3, step, { at: a }).at
    },
  ],
  [
    'scaled columns in a loop are scaled rows outside of it',
    '1 Gemm, 1 Mul, 1 Reshape, 3 MatMul, 3 Tanh',
    (a, b, r) => {
      const square4 = matMul(b, b, { transposeA: true })
      const step = ({ at }: { at: Tensor }): { at: Tensor } => ({
        at: tanh(matMul(mul(at, r), square4)),
      })
      return loop(3, step, { at: a }).at
    },
  ],
  [
    'and with a transposed factor',
    '1 Gemm, 1 Mul, 1 Reshape, 1 Transpose, 3 MatMul, 3 Tanh',
    (a, b, r) => {
      const square4 = matMul(b, b, { transposeA: true })
      const step = ({ at }: { at: Tensor }): { at: Tensor } => ({
        at: tanh(matMul(mul(reshape(r, [1, 4]), at), square4, { transposeB: true })),
      })
      return loop(3, step, { at: a }).at
    },
  ],
  [
    'equal rows are multiplied once',
    '1 Expand, 1 Gemm, 1 MatMul, 1 Reshape',
    (_, b, r) => matMul(broadcastTo(r, [3, 4]), matMul(b, b, { transposeA: true })),
  ],
  [
    'constant ones too',
    '1 Expand, 1 Gemm, 1 MatMul',
    (_, b) => matMul(fill([3, 4], 0.5), matMul(b, b, { transposeA: true })),
  ],
  [
    'and in the first step of a loop',
    '1 Add, 1 Reshape, 3 Gemm',
    (a, b, r) => {
      const square4 = matMul(b, b, { transposeA: true })
      type Points = { readonly at: Tensor; readonly before: Tensor }
      const step = ({ at, before }: Points): Points => ({
        at: sub(at, mul(0.1, matMul(before, square4))),
        before: at,
      })
      return loop(2, step, { at: a, before: broadcastTo(r, [3, 4]) }).at
    },
  ],
  [
    'a product with a column is one with a vector',
    '1 MatMul',
    (a, _, r) => reshape(matMul(a, reshape(r, [4, 1])), [-1]),
  ],
  [
    'a choice between constants is of the type that is wanted',
    '1 GreaterOrEqual, 1 Where',
    (a) => cast(where(greaterEqual(a, 0), fill([3, 4], 1), 2), 'int32'),
  ],
  [
    'sum of products of all pairs of rows',
    '1 Gemm',
    (a, b) => sum(mul(reshape(a, [3, 1, 4]), reshape(b, [1, 3, 4])), 2),
  ],
]

describe('simplification', () => {
  it.each(laws)('%s', async (_, nodes, fn) => {
    const [expected, got] = await Promise.all(
      engines.map(async (engine) => jit(fn, { engine })(x, y, row)),
    )
    expect(got!.shape).toEqual(expected!.shape)
    for (const [i, value] of expected!.data.entries()) expect(got!.data[i]).toBeCloseTo(value, 5)
    const text = await explain(fn, [x, y, row])
    const counts = [...text.matchAll(/^ {2}(\d+) × (\w+)$/gm)].map(([, n, op]) => `${n} ${op}`)
    expect(counts.toSorted()).toEqual(nodes.split(', ').toSorted())
  })

  it('of softplus is by size', async () => {
    const few = await explain(softplus, [draw.normals([3])])
    const many = await explain(softplus, [draw.normals([50, 20])])
    expect(few).toMatch(/1 × Softplus/)
    expect(many).not.toMatch(/Softplus/)
    const extremes = ndarray(
      Float32Array.from({ length: 1000 }, (_, i) => (i - 500) * 0.4),
      [1000],
    )
    const [expected, got] = await Promise.all(
      engines.map(async (engine) => jit(softplus as (a: Tensor) => Tensor, { engine })(extremes)),
    )
    for (const [i, value] of expected!.data.entries()) expect(got!.data[i]).toBeCloseTo(value, 4)
  })
})
