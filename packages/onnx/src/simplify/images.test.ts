import {
  add,
  concat,
  conv2d,
  convTranspose2d,
  eagerEngine,
  type Engine,
  grad,
  jit,
  max,
  mul,
  type NDArray,
  random,
  relu,
  slice,
  sum,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { explain } from '../explain.ts'
import { onnxEngine } from '../onnx-engine.ts'

let engines: readonly [Engine, Engine]
beforeAll(async () => {
  engines = [await eagerEngine({ backend: 'cpu' }), await onnxEngine({ threads: 1 })]
})

const draw = random(6)
const x = draw.normals([2, 5, 4, 3])
const kernel = draw.normals([3, 3, 3, 3], 0, 0.2)
const offsets = draw.normals([3])

type Law = readonly [
  name: string,
  nodes: string,
  fn: (x: Tensor, kernel: Tensor, offsets: Tensor) => Tensor,
]

/** What each rewrite leaves, as operators with their counts; each image and each kernel is put in order once. */
const laws: readonly Law[] = [
  ['the border is the convolution’s own', '1 Conv, 3 Transpose', (a, k) => conv2d(a, k)],
  ['and so are offsets', '1 Conv, 3 Transpose', (a, k, b) => add(b, conv2d(a, k))],
  [
    'offsets for each pixel are not',
    '1 Add, 1 Conv, 1 Reshape, 1 Slice, 3 Transpose',
    (a, k) => add(conv2d(a, k), slice(a, [0, 0, 0, 0], [1, -1, -1, 1])),
  ],
  [
    'between convolutions channels stay first',
    '1 Relu, 2 Conv, 3 Transpose',
    (a, k, b) => conv2d(relu(add(conv2d(a, k), b)), k),
  ],
  [
    'with images that have them last, too',
    '1 Mul, 1 Tanh, 2 Conv, 3 Transpose',
    (a, k) => conv2d(mul(tanh(conv2d(a, k)), a), k),
  ],
  [
    'reductions',
    '1 Conv, 1 ReduceMax, 1 Reshape, 2 Transpose',
    (a, k) => max(conv2d(a, k), [1, 2]),
  ],
  [
    'some channels of a transposed convolution',
    '1 ConvTranspose, 1 Reshape, 1 Slice, 2 Transpose',
    (a, k) => slice(convTranspose2d(a, k), [0, 0, 0, 1], [-1, -1, -1, 1]),
  ],
  [
    'other pieces of it are cut from the result',
    '1 ConvTranspose, 1 Slice, 3 Transpose',
    (a, k) => slice(convTranspose2d(a, k), [0, 1, 0, 0], [-1, 1, -1, -1]),
  ],
  [
    'so the gradient at one of two images that stand side by side',
    '1 ConvTranspose, 1 Reshape, 1 Slice, 1 Transpose',
    (a, k) => {
      const image = slice(a, [0, 0, 0, 0], [-1, -1, -1, 2])
      const mask = slice(a, [0, 0, 0, 2], [-1, -1, -1, 1])
      return grad((y: Tensor) => sum(conv2d(concat([image, y], 3), k)))(mask)
    },
  ],
  [
    'the gradient at a kernel is made of matrix products',
    '1 Pad, 2 Concat, 3 Gemm, 4 Reshape, 6 Slice',
    (a, k) => grad((v: Tensor) => sum(conv2d(a, v)))(k),
  ],
]

describe('images', () => {
  it.each(laws)('%s', async (_, nodes, fn) => {
    const args: readonly [NDArray, NDArray, NDArray] = [x, kernel, offsets]
    const [expected, got] = await Promise.all(
      engines.map(async (engine) => jit(fn, { engine })(...args)),
    )
    expect(got!.shape).toEqual(expected!.shape)
    for (const [i, value] of expected!.data.entries()) expect(got!.data[i]).toBeCloseTo(value, 4)
    const text = await explain(fn, args)
    const counts = [...text.matchAll(/^ {2}(\d+) × (\w+)$/gm)].map(([, n, op]) => `${n} ${op}`)
    expect(counts.toSorted().join(', ')).toBe(nodes)
  })
})
