import { expect, it } from 'vitest'
import {
  abs,
  array,
  clip,
  eagerEngine,
  elu,
  grad,
  jit,
  leakyRelu,
  logSumExp,
  max,
  maximum,
  min,
  minimum,
  mul,
  relu,
  sign,
  softmax,
  step,
  sum,
  type Tensor,
} from '../index.ts'

// Where an op has a kink, the derivative is the one that its documentation promises.
const kinks: readonly (readonly [string, (x: Tensor) => Tensor, number[], number[]])[] = [
  ['abs', abs, [-1, 0, 1], [-1, 0, 1]],
  ['sign', sign, [-1, 0, 1], [0, 0, 0]],
  ['step', step, [-1, 0, 1], [0, 0, 0]],
  ['relu', relu, [-1, 0, 1], [0, 0, 1]],
  ['leakyRelu', (x) => leakyRelu(x, 0.5), [-1, 0, 1], [0.5, 1, 1]],
  ['elu', elu, [0, 1], [1, 1]],
  ['clip', (x) => clip(x, -1, 1), [-2, -1, 0, 1, 2], [0, 1, 1, 1, 0]],
  ['maximum, first', (x) => maximum(x, 1), [0, 1, 2], [0, 1, 1]],
  ['maximum, second', (x) => maximum(1, x), [0, 1, 2], [0, 0, 1]],
  ['maximum with itself', (x) => maximum(x, x), [1], [1]],
  ['minimum, first', (x) => minimum(x, 1), [0, 1, 2], [1, 1, 0]],
  ['minimum, second', (x) => minimum(1, x), [0, 1, 2], [1, 0, 0]],
  ['max of equals', (x) => mul(max(x), 6), [2, 2, 1, 2], [2, 2, 0, 2]],
  ['min of equals', min, [1, 2, 1], [0.5, 0, 0.5]],
  ['logSumExp of a masked score', logSumExp, [0, -Infinity, 0], [0.5, 0, 0.5]],
  ['logSumExp of masked scores alone', logSumExp, [-Infinity, -Infinity], [0, 0]],
  ['softmax with a masked score', (x) => mul(softmax(x), 2), [0, -Infinity], [0, 0]],
]

for (const backend of ['wasm', 'cpu'] as const)
  it.each(kinks)(`%s on ${backend}`, async (_, f, at, expected) => {
    const engine = await eagerEngine({ backend })
    const gradient = await jit(
      grad((x: Tensor) => sum(f(x))),
      { engine },
    )(array(at))
    expect([...gradient.data]).toEqual(expected)
  })
