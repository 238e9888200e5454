import {
  add,
  clip,
  eagerEngine,
  type Engine,
  flatten,
  isNDArray,
  jit,
  leakyRelu,
  loop,
  matMul,
  mul,
  ndarray,
  random,
  relu,
  sigmoid,
  slice,
  softplus,
  sub,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'
import { loadGradients } from '@deepstruct/tensor/engine'
import { beforeAll, describe, expect, it } from 'vitest'
import { scopesOf } from '../graph/scopes.ts'
import { onnxEngine } from '../onnx-engine.ts'
import { trace } from '../trace/trace.ts'
import { activateProducts } from './activated-products.ts'

let engines: readonly Engine[]
beforeAll(async () => {
  await loadGradients()
  engines = [
    await eagerEngine({ backend: 'cpu' }),
    await onnxEngine({ runtime: 'node' }),
    await onnxEngine({ runtime: 'web', threads: 1 }),
  ]
})

const draw = random(3)
// Rows with everything that a float can be.
const x = ndarray(
  Float32Array.from({ length: 9 * 4 }, (_, i) =>
    i % 4 > 0 ? 0.5 : [Number.NaN, Infinity, -Infinity, 0, 0.3, -0.2, 1.7, -9, 50][i / 4]!,
  ),
  [9, 4],
)
const weights = ndarray(
  draw.normals([4, 4]).data.map((weight) => Math.abs(weight) + 0.1),
  [4, 4],
)

/** The functions, and the operators that are left of each. */
const cases: readonly [name: string, ops: string, fn: (x: Tensor, w: Tensor) => unknown][] = [
  ['the sigmoid of a product', 'Gemm Sigmoid', (a, w) => sigmoid(matMul(a, w))],
  ['its hyperbolic tangent', 'Gemm Tanh', (a, w) => tanh(matMul(a, w))],
  ['its positive part', 'Gemm Relu', (a, w) => relu(matMul(a, w))],
  ['its leaky positive part', 'Gemm LeakyRelu', (a, w) => leakyRelu(matMul(a, w), 0.3)],
  ['its softplus', 'Gemm Softplus', (a, w) => softplus(matMul(a, w))],
  ['clipped to the unit interval', 'Gemm HardSigmoid', (a, w) => clip(matMul(a, w), 0, 1)],
  [
    'a clipped step',
    'Gemm Sigmoid Gemm HardSigmoid',
    (a, w) => clip(sub(a, mul(0.1, matMul(sigmoid(matMul(a, w)), w, { transposeB: true }))), 0, 1),
  ],
  ['clipped elsewhere', 'MatMul Clip', (a, w) => clip(matMul(a, w), 0, 2)],
  ['clipped without a product', 'Clip', (a) => clip(a, 0, 1)],
  [
    'a sum of products',
    'MatMul MatMul Slice Add Sigmoid',
    (a, w) => sigmoid(add(matMul(a, w), slice(matMul(w, w), [0, 0], [1, 4]))),
  ],
  [
    'a product that is needed elsewhere is computed once',
    'Gemm Sigmoid Tanh Mul',
    (a, w) => {
      const product = matMul(a, w)
      return mul(sigmoid(product), tanh(product))
    },
  ],
  [
    'one that is a result too',
    'Gemm Sigmoid',
    (a, w) => {
      const product = matMul(a, w)
      return { product, gate: sigmoid(product) }
    },
  ],
  [
    'in a loop',
    'Loop Gemm Sigmoid Gemm HardSigmoid',
    (a, w) =>
      loop(
        400,
        ({ at }: { at: Tensor }) => ({
          at: clip(sub(at, mul(0.1, matMul(sigmoid(matMul(at, w)), w))), 0, 1),
        }),
        { at: a },
      ),
  ],
]

describe('products with activations', () => {
  it.each(cases)('%s', async (_, ops, fn) => {
    const program = { name: 'law', fn: fn as never, keep: [], donate: [], split: [] }
    const traced = activateProducts(trace(program, [x, weights], (tensors) => tensors))
    const scopes = scopesOf(traced.nodes, traced.outputs)
    const written = scopes.outside.flatMap(({ op, body }) => [
      op,
      ...(body === undefined ? [] : scopes.inside(body).map((node) => node.op)),
    ])
    expect(written.join(' ')).toBe(ops)
    const [expected, ...others] = await Promise.all(
      engines.map(async (engine) => {
        const result: unknown = await jit(fn as (a: Tensor, w: Tensor) => Tensor, { engine })(
          x,
          weights,
        )
        return flatten(result, isNDArray, () => expect.fail('no array')).leaves
      }),
    )
    for (const got of others)
      for (const [leaf, { data }] of expected!.entries())
        for (const [i, value] of data.entries()) {
          const other = got[leaf]!.data[i]!
          const agree = Object.is(other, value) || Math.abs(other - value) < 1e-4
          expect(agree, `${other} at ${i}, eagerly ${value}`).toBe(true)
        }
  })
})
