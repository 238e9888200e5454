import {
  abs,
  clip,
  cos,
  elu,
  exp,
  floor,
  leakyRelu,
  log,
  log1p,
  neg,
  power,
  reciprocal,
  relu,
  selu,
  sign,
  sin,
  sqrt,
  square,
  step,
} from '../../ops/elementwise.ts'
import { logSigmoid, sigmoid, sigmoidCrossEntropy, softplus, tanh } from '../../ops/logistic.ts'
import type { Tensor } from '../../ops/tensor.ts'
import { given, type OpCase, uniform } from '../op-case.ts'
import { map, zip } from '../wide.ts'

interface Elementwise {
  /** Where the op is smooth; arguments are drawn there. */
  readonly low?: number
  readonly high?: number
  /** Further arguments at which the derivatives are compared. */
  readonly smooth?: readonly number[]
  /** Further arguments at which only values are compared. */
  readonly edges?: readonly number[]
}

function elementwise(
  op: string,
  apply: (x: Tensor) => Tensor,
  f: (x: number) => number,
  { low = -2, high = 2, smooth, edges }: Elementwise,
  detail = '',
): OpCase[] {
  const use = (
    where: string,
    sample: OpCase['inputs'][number],
    differentiable: boolean,
  ): OpCase => ({
    op,
    detail: `${detail}${where}`,
    inputs: [sample],
    apply: (x) => apply(x),
    reference: map(f),
    differentiable,
  })
  return [
    use('of a matrix', uniform([3, 4], low, high), true),
    use('of a scalar', uniform([], low, high), true),
    use('of five axes', uniform([2, 1, 2, 1, 2], low, high), true),
    use('of nothing', uniform([2, 0], low, high), false),
    ...(smooth ? [use('far out, or on both sides', given(smooth), true)] : []),
    ...(edges ? [use('at the edges', given(edges), false)] : []),
  ]
}

const softplusOf = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
const eluOf = (x: number): number => (x >= 0 ? x : Math.expm1(x))
const bothSides = [-30.5, -3.25, -0.7, -0.1, 0.1, 0.9, 4.75, 40.5]
const infinite = [-Infinity, -1e30, -100, 0, 100, 1e30, Infinity]

export const elementwiseCases: readonly OpCase[] = [
  ...elementwise('neg', neg, (x) => -x, { edges: [Infinity, 1e30] }),
  ...elementwise('abs', abs, Math.abs, { smooth: bothSides, low: 0.1, edges: infinite }),
  ...elementwise('sign', sign, Math.sign, {
    smooth: bothSides,
    low: 0.1,
    edges: [0, -1e-30, 1e30],
  }),
  ...elementwise('floor', floor, Math.floor, {
    low: 0.1,
    high: 0.9,
    smooth: bothSides,
    edges: [-1, 0, 2],
  }),
  ...elementwise('square', square, (x) => x * x, { edges: [0, 1e10] }),
  ...elementwise('sqrt', sqrt, Math.sqrt, { low: 0.3, edges: [0, 1e-30, 1e30, Infinity] }),
  ...elementwise('reciprocal', reciprocal, (x) => 1 / x, {
    low: 0.5,
    smooth: [-3, -0.5, 4],
    edges: [1e10, Infinity],
  }),
  ...[-2, -1, -0.5, 0, 0.5, 1, 1.5, 2, 3].flatMap((n) =>
    elementwise(
      'power',
      (x) => power(x, n),
      (x) => x ** n,
      {
        low: 0.5,
        ...(Number.isInteger(n) && { smooth: [-2, -0.5, 0.5, 3] }),
        edges: n < 0 ? [1e10] : [0, 100],
      },
      `exponent ${n}, `,
    ),
  ),
  ...elementwise('exp', exp, Math.exp, {
    smooth: [-90, -20, -1e-3, 1e-3],
    edges: [-Infinity, -200, 0, 80, 88, 100, Infinity],
  }),
  ...elementwise('log', log, Math.log, { low: 0.3, edges: [0, 1e-30, 1, 1e30, Infinity] }),
  ...elementwise('log1p', log1p, Math.log1p, {
    low: -0.5,
    smooth: [-1e-3, 1e-3, 5],
    edges: [-1, -1e-6, 0, 1e-6, 1e30],
  }),
  ...elementwise('sin', sin, Math.sin, { smooth: [-9, 0, 9] }),
  ...elementwise('cos', cos, Math.cos, { smooth: [-9, 0, 9] }),
  ...elementwise(
    'clip',
    (x) => clip(x, -0.5, 0.75),
    (x) => Math.min(Math.max(x, -0.5), 0.75),
    { low: -0.4, high: 0.7, smooth: bothSides, edges: infinite },
  ),
  ...elementwise('step', step, (x) => Number(x > 0), {
    low: 0.1,
    smooth: bothSides,
    edges: [0, -Infinity, Infinity],
  }),
  ...elementwise('relu', relu, (x) => Math.max(x, 0), {
    low: 0.1,
    smooth: bothSides,
    edges: infinite,
  }),
  ...elementwise('leakyRelu', leakyRelu, (x) => (x >= 0 ? x : 0.2 * x), {
    low: 0.1,
    smooth: bothSides,
    edges: [0, -1e30, 1e30],
  }),
  ...elementwise(
    'leakyRelu',
    (x) => leakyRelu(x, 0.01),
    (x) => (x >= 0 ? x : 0.01 * x),
    { low: 0.1, smooth: bothSides },
    'slope 0.01, ',
  ),
  ...elementwise('elu', elu, eluOf, { low: 0.1, smooth: bothSides, edges: infinite }),
  ...elementwise(
    'selu',
    selu,
    (x) => 1.0507009873554805 * (x >= 0 ? x : 1.6732632423543772 * Math.expm1(x)),
    { low: 0.1, smooth: bothSides, edges: infinite },
  ),
  ...elementwise('tanh', tanh, Math.tanh, { smooth: [-90, ...bothSides], edges: infinite }),
  ...elementwise('sigmoid', sigmoid, (x) => 1 / (1 + Math.exp(-x)), {
    smooth: [-80, ...bothSides, 80],
    edges: infinite,
  }),
  ...elementwise('softplus', softplus, softplusOf, {
    smooth: [-80, ...bothSides],
    edges: [-Infinity, -100, -20, 0, 20, 100, 1e30],
  }),
  ...elementwise('logSigmoid', logSigmoid, (x) => -softplusOf(-x), {
    smooth: [...bothSides, 80],
    edges: [-1e30, -100, 0, 100, Infinity],
  }),
  ...(
    [
      ['of matrices', uniform([3, 4], 0, 1), uniform([3, 4], -3, 3)],
      ['of scalars', uniform([], 0, 1), uniform([], -3, 3)],
      ['of sure scores', given([0, 1, 0, 1]), given([-80, -80, 80, 80])],
    ] as const
  ).map(([detail, labels, logits]): OpCase => ({
    op: 'sigmoidCrossEntropy',
    detail,
    inputs: [labels, logits],
    apply: (y, z) => sigmoidCrossEntropy(y, z),
    reference: zip((y, z) => softplusOf(z) - y * z),
  })),
]
