import {
  DomainError,
  DTypeError,
  filled,
  jit,
  mul,
  type NDArray,
  random,
  ShapeError,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { checkGradient } from '@deepstruct/testing'
import { describe, expect, it } from 'vitest'
import { conv2d } from './conv2d.ts'
import { convTranspose2d } from './conv-transpose2d.ts'
import type { ConvolutionParams } from './convolution-layer.ts'
import { convolutionalLayers } from './convolutional-layers.ts'
import { torchUniform } from './initializer.ts'

const dot = jit((a: Tensor, b: Tensor) => sum(mul(a, b)))

const dotOf = async (a: NDArray, b: NDArray): Promise<number> => (await dot(a, b)).data[0]!

describe('conv2d', () => {
  it('is computed by hand: a kernel of ones sums, the bias is added, the rectifier cuts', async () => {
    const layer = conv2d({ inputs: 1, outputs: 1, kernelSize: 3, activation: 'relu' })
    const params = { kernel: filled([3, 3, 1, 1], 1), bias: filled([1], -5) }
    const { data, shape } = await jit(layer.apply)(params, filled([1, 3, 3, 1], 1))
    expect(shape).toEqual([1, 3, 3, 1])
    // 4 pixels at a corner, 6 at an edge, 9 in the middle.
    expect([...data]).toEqual([0, 1, 0, 1, 4, 1, 0, 1, 0])
  })

  it.each([
    [1, 'same', 7],
    [2, 'same', 4],
    [3, 'same', 3],
    [1, 'valid', 5],
    [2, 'valid', 3],
  ] as const)('with stride %i and %s padding makes 7 pixels %i', async (stride, padding, size) => {
    const layer = conv2d({ inputs: 2, outputs: 3, kernelSize: 3, stride, padding })
    const { shape } = await jit(layer.apply)(layer.init(random(1)), filled([2, 7, 7, 2], 1))
    expect(shape).toEqual([2, size, size, 3])
  })

  it('has the gradients of its values', async () => {
    const layer = conv2d({ inputs: 2, outputs: 2, kernelSize: 3, stride: 2, activation: 'tanh' })
    const source = random(2)
    await checkGradient(
      (x, kernel, bias) => layer.apply({ kernel, bias }, x),
      [source.normals([1, 5, 4, 2]), source.normals([3, 3, 2, 2], 0, 0.3), source.normals([2])],
    )
  })

  it('starts the same for the same seed, within the bound of its fan', () => {
    const layer = conv2d({ inputs: 4, outputs: 6, kernelSize: 5, initializer: torchUniform })
    const { kernel, bias } = layer.init(random(3))
    expect(layer.init(random(3))).toEqual({ kernel, bias })
    expect(layer.init(random(4))).not.toEqual({ kernel, bias })
    expect([...bias!.data]).toEqual([0, 0, 0, 0, 0, 0])
    const largest = Math.max(...kernel.data.map(Math.abs))
    expect(largest).toBeLessThanOrEqual(0.1)
    expect(largest).toBeGreaterThan(0.098)
    const without = conv2d({ inputs: 1, outputs: 1, kernelSize: 1, bias: false })
    expect(Object.keys(without.init(random(1)))).toEqual(['kernel'])
  })

  it('refuses what does not fit', async () => {
    const layer = conv2d({ inputs: 2, outputs: 3, kernelSize: 3 })
    const params = layer.init(random(1))
    const run = jit(layer.apply)
    await expect(run(params, filled([1, 4, 4, 3], 1))).rejects.toThrow(/reads 2 channels/)
    await expect(run(params, filled([4, 4, 2], 1))).rejects.toThrow(ShapeError)
    await expect(run(params, filled([1, 4, 4, 2], 1, 'int32'))).rejects.toThrow(DTypeError)
    const { kernel } = params
    await expect(run({ kernel }, filled([1, 4, 4, 2], 1))).rejects.toThrow(/params.bias is absent/)
    const other = conv2d({ inputs: 2, outputs: 3, kernelSize: 5 }).init(random(1))
    await expect(run(other, filled([1, 4, 4, 2], 1))).rejects.toThrow(/conv2d.*params.kernel/)
    expect(() => conv2d({ inputs: 2, outputs: 3, kernelSize: 0 })).toThrow(DomainError)
    expect(() => conv2d({ inputs: 2, outputs: 3, kernelSize: 3, stride: 0.5 })).toThrow(/stride/)
  })
})

describe('convTranspose2d', () => {
  it.each([
    [1, 3],
    [2, 4],
    [2, 5],
    [3, 3],
  ])(
    'with stride %i and kernel %i is the adjoint of the convolution',
    async (stride, kernelSize) => {
      const move = { kernelSize, stride, bias: false } as const
      const down = conv2d({ ...move, inputs: 2, outputs: 3 })
      const up = convTranspose2d({ ...move, inputs: 3, outputs: 2 })
      const source = random(5)
      const params = { kernel: source.normals([kernelSize, kernelSize, 2, 3]) }
      const [x, y] = [
        source.normals([2, 6, 12, 2]),
        source.normals([2, 6 / stride, 12 / stride, 3]),
      ]
      const [forth, back] = [await jit(down.apply)(params, x), await jit(up.apply)(params, y)]
      expect(back.shape).toEqual(x.shape)
      const [left, right] = [await dotOf(forth, y), await dotOf(x, back)]
      expect(Math.abs(left - right)).toBeLessThan(1e-4 * (1 + Math.abs(left)))
    },
  )

  it('has the gradients of its values', async () => {
    const layer = convTranspose2d({ inputs: 2, outputs: 1, kernelSize: 4, stride: 2 })
    const source = random(2)
    await checkGradient(
      (x, kernel, bias) => layer.apply({ kernel, bias }, x),
      [source.normals([1, 2, 3, 2]), source.normals([4, 4, 1, 2]), source.normals([1])],
    )
  })

  it('keeps the scale of what it reads', async () => {
    const layer = convTranspose2d({ inputs: 32, outputs: 32, kernelSize: 4, stride: 2 })
    const source = random(6)
    const params = layer.init(source)
    const { data } = await jit(layer.apply)(params, source.normals([2, 8, 8, 32]))
    const variance = [...data].reduce((total, v) => total + v * v, 0) / data.length
    // Glorot's variance is that of the mean of the two fans, which differ by stride² here.
    expect(variance).toBeGreaterThan(0.3)
    expect(variance).toBeLessThan(1.2)
  })
})

describe('convolutionalLayers', () => {
  const layers = [
    { outputs: 4, kernelSize: 3 },
    { outputs: 6, kernelSize: 5, stride: 2 },
  ]

  it('are convolutions one after the other', async () => {
    const network = convolutionalLayers({ inputs: 2, layers, activation: 'tanh' })
    const params = network.init(random(1))
    const x = random(2).normals([3, 9, 8, 2])
    const last = await jit(network.apply)(params, x)
    expect(last.shape).toEqual([3, 5, 4, network.outputs])
    const levels = await jit((at: readonly ConvolutionParams[], images: Tensor) =>
      network.levels(at, images),
    )(params, x)
    expect(levels.map(({ shape }) => shape)).toEqual([[3, 9, 8, 4], last.shape])
    expect(levels[1]).toEqual(last)
    const first = conv2d({ inputs: 2, activation: 'tanh', ...layers[0]! })
    expect(await jit(first.apply)(params[0]!, x)).toEqual(levels[0])
  })

  it('refuse parameters of another network', async () => {
    const network = convolutionalLayers({ inputs: 2, layers })
    const run = jit(network.apply)
    const params = network.init(random(1)).slice(1)
    await expect(run(params, filled([1, 8, 8, 2], 1))).rejects.toThrow(/1 parts/)
  })
})
