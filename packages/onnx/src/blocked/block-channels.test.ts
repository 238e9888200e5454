import {
  add,
  conv2d,
  convTranspose2d,
  eagerEngine,
  type Engine,
  grad,
  greater,
  jit,
  loop,
  mul,
  type NDArray,
  random,
  relu,
  softplus,
  square,
  sum,
  tanh,
  type Tensor,
  where,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'
import { loadRuntime } from '../runtime/runtime.ts'
import { trace } from '../trace/trace.ts'
import { blockChannels } from './block-channels.ts'
import { channelBlockOf } from './channel-block.ts'

let engines: readonly [Engine, Engine]
beforeAll(async () => {
  engines = [await eagerEngine({ backend: 'cpu' }), await onnxEngine({ threads: 1 })]
})

const draw = random(5)
const images = draw.normals([2, 8, 6, 3])
const features = draw.normals([2, 8, 6, 16])
const kernel = (...shape: number[]): NDArray => draw.normals(shape, 0, 0.1)

type Net = (x: Tensor, ...kernels: readonly Tensor[]) => Tensor

/** The operators of a function in blocks of 16 channels. */
function operators(fn: Net, args: readonly NDArray[]): readonly string[] {
  const program = { fn, name: 'net', donate: [], keep: [], split: [] }
  const traced = trace(program, args, (tensors) => tensors)
  return blockChannels(traced, 16).nodes.map(({ op }) => op)
}

const nets: readonly (readonly [string, Net, readonly NDArray[]])[] = [
  ['few channels to many', (x, k) => conv2d(x, k), [images, kernel(5, 5, 3, 16)]],
  ['stride 2', (x, k) => conv2d(x, k, { stride: 2 }), [features, kernel(5, 5, 16, 32)]],
  ['stride 3', (x, k) => conv2d(x, k, { stride: 3 }), [features, kernel(3, 3, 16, 16)]],
  ['stride 2, even', (x, k) => conv2d(x, k, { stride: 2 }), [features, kernel(2, 4, 16, 16)]],
  ['no border', (x, k) => conv2d(x, k, { padding: 'valid' }), [features, kernel(3, 2, 16, 16)]],
  [
    'no border, rows that no window reaches',
    (x, k) => conv2d(x, k, { padding: 'valid', stride: 2 }),
    [features, kernel(3, 3, 16, 16)],
  ],
  ['transposed', (x, k) => convTranspose2d(x, k, { stride: 2 }), [features, kernel(4, 4, 32, 16)]],
  [
    'a network with offsets, channels that do not fit and a residual',
    (x, k, l, m, b) => {
      const h = relu(add(conv2d(x, k), b))
      const g = softplus(add(conv2d(h, l, { stride: 2 }), b))
      return conv2d(add(h, convTranspose2d(g, l, { stride: 2 })), m)
    },
    [images, kernel(3, 3, 3, 16), kernel(3, 3, 16, 16), kernel(1, 1, 16, 2), kernel(16)],
  ],
  [
    'truth values and constants between convolutions',
    (x, k) => {
      const h = tanh(conv2d(x, k))
      return conv2d(where(greater(h, 0.1), mul(h, 2), h), k)
    },
    [features, kernel(3, 3, 16, 16)],
  ],
  [
    'a loop',
    (x, k) => loop(3, ({ h }: { h: Tensor }) => ({ h: tanh(conv2d(h, k)) }), { h: x }).h,
    [features, kernel(3, 3, 16, 16)],
  ],
]

async function agree(fn: (...args: Tensor[]) => readonly Tensor[], args: readonly NDArray[]) {
  const [expected, got] = await Promise.all(
    engines.map(async (engine) => jit(fn, { engine })(...args)),
  )
  for (const [i, { data, shape }] of expected!.entries()) {
    expect(got![i]!.shape).toEqual(shape)
    const size = Math.max(...data.map(Math.abs))
    for (const [j, value] of data.entries())
      expect(Math.abs(got![i]!.data[j]! - value), `${i} at ${j}`).toBeLessThanOrEqual(1e-5 * size)
  }
}

describe('images in blocks of channels', () => {
  it.each(nets)('%s', async (_, fn, args) => {
    expect(operators(fn, args).some((op) => op.startsWith('com.microsoft.nchwc'))).toBe(true)
    const energy = (...all: Tensor[]): Tensor => sum(square(fn(...(all as [Tensor]))))
    const slopes = (all: readonly Tensor[]): readonly Tensor[] =>
      grad((xs: readonly Tensor[]) => energy(...xs))(all)
    await agree((...all) => [fn(...(all as [Tensor])), ...slopes(all)], args)
    const steepness = (xs: readonly Tensor[]): Tensor =>
      slopes(xs)
        .map((slope) => sum(square(slope)))
        .reduce((a, b) => add(a, b))
    await agree((...all) => grad(steepness)(all), args)
  })

  it('keep their layout from one convolution to the next', () => {
    const net: Net = (x, k, b) => relu(add(conv2d(relu(add(conv2d(x, k), b)), k), b))
    const args = [features, kernel(3, 3, 16, 16), kernel(16)]
    const names = operators(net, args).map((op) => op.split('.').at(-1))
    expect(names.filter((name) => name === 'ReorderInput')).toHaveLength(1)
    expect(names.filter((name) => name === 'ReorderOutput')).toHaveLength(1)
    expect(names).not.toContain('Relu')
    expect(names).not.toContain('Add')
  })

  it('serve batches of any size', async () => {
    const net: Net = (x, k) => grad((v: Tensor) => sum(tanh(conv2d(v, k, { stride: 2 }))))(x)
    const [eager, compiled] = engines.map((engine) => jit(net, { engine }))
    const k = kernel(5, 5, 16, 16)
    for (const rows of [2, 3, 5]) {
      const x = draw.normals([rows, 4, 4, 16])
      const [expected, got] = await Promise.all([eager!(x, k), compiled!(x, k)])
      for (const [i, value] of expected.data.entries()) expect(got.data[i]).toBeCloseTo(value, 5)
    }
  })

  it('are left alone where the runtime has no blocks, or channels do not fit', async () => {
    expect(await channelBlockOf(await loadRuntime('web'))).toBe(1)
    const program = { fn: conv2d, name: 'conv2d', donate: [], keep: [], split: [] }
    const args = [features, kernel(3, 3, 16, 16)]
    const traced = trace(program, args, (tensors) => tensors)
    expect(blockChannels(traced, 1)).toBe(traced)
    const narrow = operators((x, k) => conv2d(x, k), [features, kernel(3, 3, 16, 5)])
    expect(narrow).toContain('Conv')
    const gaps: Net = (x, k) => convTranspose2d(x, k, { stride: 3 })
    expect(operators(gaps, [features, kernel(2, 2, 16, 16)])).toContain('ConvTranspose')
  })
})
