import * as tf from '@tensorflow/tfjs-core'
import {
  array,
  eagerEngine,
  type Engine,
  jit,
  type NDArray,
  random,
  type Tensor,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'

let eager: Engine
let compiled: Engine
beforeAll(async () => {
  eager = await eagerEngine({ backend: 'cpu' })
  compiled = await onnxEngine()
})

const x = random(3).uniforms([3, 4], -0.9, 0.9)
const above = random(4).uniforms([3, 4], 1.1, 3)
const near = array([-1e-7, 3e-8, 0, 1e-4, -0.49, -0.51, 0.51, 3, -20, 60])
const integers = array(
  [
    [7, -7, 5],
    [-5, 0, 9],
  ],
  'int32',
)
const divisors = array(
  [
    [2, 2, -3],
    [-3, 4, 5],
  ],
  'int32',
)

type Use = readonly [name: string, fn: (x: Tensor, y: Tensor) => Tensor, a?: NDArray, b?: NDArray]

// Kernels that the ops of the tensor package do not use, but functions written with tfjs do.
const uses: readonly Use[] = [
  ['Acos', tf.acos],
  ['Acosh', tf.acosh, above],
  ['AddN', (a, b) => tf.addN([a, b, a])],
  ['Asin', tf.asin],
  ['Asinh', tf.asinh],
  ['Atan', tf.atan],
  ['Atanh', tf.atanh],
  ['Ceil', tf.ceil],
  ['Cosh', tf.cosh],
  ['EluGrad', (a) => tf.grad((v) => tf.sum(tf.square(tf.elu(v))))(a)],
  ['Erf', tf.erf],
  ['Expm1', tf.expm1, near],
  ['FloorDiv', tf.floorDiv, integers, divisors],
  ['IsInf', (a) => tf.cast(tf.isInf(tf.log(tf.relu(a))), 'int32')],
  ['IsNan', (a) => tf.cast(tf.isNaN(tf.log(a)), 'int32')],
  ['Log1p', tf.log1p, array([-1e-7, 3e-8, 0, 1e-4, -0.49, -0.51, 0.51, 3, 1e9])],
  ['LogSoftmax', (a) => tf.logSoftmax(a)],
  ['Mean', (a) => tf.mean(a, 1, true)],
  ['Mod', tf.mod, x, above],
  ['Mod of whole numbers', tf.mod, integers, divisors],
  ['OnesLike', (a) => tf.add(tf.onesLike(a), a)],
  ['Pack', (a, b) => tf.stack([a, b], -1)],
  ['Prelu', tf.prelu],
  ['Prod', (a) => tf.prod(a, 1)],
  ['Reciprocal', tf.reciprocal],
  ['Relu6', (a) => tf.relu6(tf.mul(a, 10))],
  ['Round', (a) => tf.round(tf.mul(a, 10))],
  ['Rsqrt', tf.rsqrt, above],
  ['Sign', tf.sign],
  ['Sinh', tf.sinh],
  ['SquaredDifference', tf.squaredDifference],
  ['StridedSlice', (a) => tf.stridedSlice(a, [2, 1], [0, 4], [-1, 2])],
  [
    'StridedSlice with an axis left out',
    (a) => tf.stridedSlice(a, [1, 0], [2, 4], [1, 1], 0, 0, 0, 0, 1),
  ],
  ['Tan', tf.tan],
  ['Unpack', (a) => tf.unstack(a, 1)[2]!],
  ['Step', (a) => tf.step(a, 0.5)],
]

describe('kernels of tfjs', () => {
  it.each(uses.map(([name, fn, a = x, b = x]) => ({ name, fn, a, b })))(
    '$name',
    async ({ fn, a, b }) => {
      const [expected, got] = await Promise.all(
        [eager, compiled].map(async (engine) => jit(fn, { engine })(a, b)),
      )
      expect(got!.shape).toEqual(expected!.shape)
      expect(got!.dtype).toBe(expected!.dtype)
      for (const [i, value] of expected!.data.entries())
        expect(
          Math.abs(got!.data[i]! - value),
          `${got!.data[i]} at ${i} is not ${value}`,
        ).toBeLessThanOrEqual(1e-5 * Math.abs(value) + 1e-12)
    },
  )
})
