import {
  array,
  DomainError,
  drawNoise,
  DTypeError,
  filled,
  jit,
  mul,
  type NDArray,
  type NoiseSpec,
  ndarray,
  random,
  ShapeError,
  stopGradient,
  sum,
  type Tensor,
  valueAndGrad,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import type { ActivationName } from './activation.ts'
import { type DropoutMasks, hiddenLayers } from './hidden-layers.ts'
import { normalInitializer } from './initializer.ts'
import { mlp, type MlpParams } from './mlp.ts'

interface Drawn {
  readonly input?: NDArray
  readonly hidden?: readonly NDArray[]
}

/** Draws what a network asks for, as the training loop does. */
function draw(specs: unknown, seed: number): Drawn {
  const source = random(seed)
  const { input, hidden } = specs as DropoutMasks<NoiseSpec>
  return {
    ...(input && { input: drawNoise(input, source) }),
    ...(hidden && { hidden: hidden.map((spec) => drawNoise(spec, source)) }),
  }
}

const tiny = {
  features: [
    {
      kernel: array([
        [1, -1],
        [2, 1],
      ]),
      bias: array([0, 1]),
    },
  ],
  output: { kernel: array([[2], [-3]]), bias: array([0.5]) },
}

describe('mlp', () => {
  it('computes what one computes by hand', async () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 1 })
    // Row 1: hidden (5, 2), output 10 - 6 + 0.5. Row 2: hidden (0, 3) after the rectifier, output -9 + 0.5.
    const x = array([
      [1, 2],
      [-2, 0],
    ])
    expect([...(await jit(network.apply)(tiny, x)).data]).toEqual([4.5, -8.5])
    const features = await jit(network.features.apply)(tiny.features, x)
    expect([...features.data]).toEqual([5, 2, 0, 3])
  })

  it('applies the activation of the output', async () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 1, outputActivation: 'sigmoid' })
    const { data } = await jit(network.apply)(tiny, array([[1, 2]]))
    expect(data[0]).toBeCloseTo(1 / (1 + Math.exp(-4.5)), 6)
  })

  it('is its output layer on its features', async () => {
    const network = mlp({ inputs: 5, hidden: [7, 4], outputs: 3, activation: 'softplus' })
    expect([network.inputs, network.features.outputs, network.output.inputs]).toEqual([5, 4, 4])
    const params = network.init(random(1))
    const x = random(2).normals([6, 5])
    const whole = await jit(network.apply)(params, x)
    expect(whole.shape).toEqual([6, 3])
    const features = await jit(network.features.apply)(params.features, x)
    expect(await jit(network.output.apply)(params.output, features)).toEqual(whole)
  })

  it('without hidden layers is linear', async () => {
    const network = mlp({ inputs: 2, hidden: [], outputs: 1, bias: false })
    const { data } = await jit(network.apply)(
      { features: [], output: { kernel: array([[2], [3]]) } },
      array([[-1, 1]]),
    )
    expect([...data]).toEqual([1])
  })

  it('starts the same for the same seed, in the shapes of its layers', () => {
    const network = mlp({ inputs: 5, hidden: [7, 4], outputs: 3 })
    const params = network.init(random(8))
    expect(params.features.map(({ kernel }) => kernel.shape)).toEqual([
      [5, 7],
      [7, 4],
    ])
    expect(params.output.kernel.shape).toEqual([4, 3])
    expect(network.init(random(8))).toEqual(params)
    expect(network.init(random(9))).not.toEqual(params)
  })

  it('hands the initializers to every layer', () => {
    const network = mlp({
      inputs: 2,
      hidden: [2],
      outputs: 2,
      initializer: normalInitializer(0),
      bias: false,
    })
    const zeros = { kernel: filled([2, 2], 0) }
    expect(network.init(random(1))).toEqual({ features: [zeros], output: zeros })
  })

  it('lets either part be frozen', async () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 1 })
    const gradients = jit((params: MlpParams, x: Tensor) =>
      valueAndGrad(({ features, output }: MlpParams) =>
        sum(network.output.apply(output, stopGradient(network.features.apply(features, x)))),
      )(params),
    )
    const { grad } = await gradients(tiny, array([[1, 2]]))
    expect([...grad.output.kernel.data]).toEqual([5, 2])
    expect([...grad.features[0]!.kernel.data]).toEqual([0, 0, 0, 0])
  })

  it('refuses what does not fit', async () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 1, dropout: { hidden: 0.5 } })
    const run = jit(network.apply)
    await expect(run(tiny, filled([4, 3], 1))).rejects.toThrow(ShapeError)
    await expect(run(tiny, filled([4, 2], 1, 'bool'))).rejects.toThrow(DTypeError)
    await expect(run({ ...tiny, features: [] }, filled([4, 2], 1))).rejects.toThrow(/0 parts/)
    const x = filled([4, 2], 1)
    await expect(run(tiny, x, { hidden: [] })).rejects.toThrow(/noise.hidden/)
    await expect(run(tiny, x, { hidden: [filled([3, 2], 1)] })).rejects.toThrow(/mask/)
    expect(() => network.noise?.(filled([4, 3], 1))).toThrow(ShapeError)
  })

  it.each([-0.5, 1, Number.NaN])('refuses the dropout rate %d', (rate) => {
    const sizes = { inputs: 2, hidden: [2], outputs: 1 }
    expect(() => mlp({ ...sizes, dropout: { input: rate } })).toThrow(DomainError)
    expect(() => mlp({ ...sizes, dropout: { hidden: rate } })).toThrow(/dropout.hidden/)
  })

  it('refuses sizes that are none', () => {
    expect(() => mlp({ inputs: 2, hidden: [3, 0], outputs: 1 })).toThrow(/hidden\[1\]/)
    expect(() => mlp({ inputs: 2, hidden: [3], outputs: 1.5 })).toThrow(DomainError)
    expect(() => mlp({ inputs: 0, hidden: [3], outputs: 1 })).toThrow(DomainError)
  })
})

describe('dropout of hidden layers', () => {
  const x = ndarray(
    random(1)
      .bernoullis([6, 5], 0.4)
      .data.map((bit, i) => bit * (i + 1)),
    [6, 5],
  )

  it('asks for nothing without rates', () => {
    expect(hiddenLayers({ inputs: 5, hidden: [3] }).noise(x)).toBeUndefined()
    expect(mlp({ inputs: 5, hidden: [3], outputs: 2 }).noise?.(x)).toBeUndefined()
  })

  it('asks for a mask of the input on its nonzeros, and one for each hidden layer', () => {
    const network = hiddenLayers({
      inputs: 5,
      hidden: [3, 4],
      dropout: { input: 0.3, hidden: 0.5 },
    })
    const { input, hidden } = draw(network.noise(x), 2)
    expect([input, ...hidden!].map((mask) => mask?.shape)).toEqual([
      [6, 5],
      [6, 3],
      [6, 4],
    ])
    expect(input!.data.every((m, i) => m === 0 || x.data[i] !== 0)).toBe(true)
    expect(input!.data.some((m) => m !== 0)).toBe(true)
    expect(new Set(hidden!.flatMap((mask) => [...mask.data]))).toEqual(new Set([0, 2]))
  })

  it('drops only where a rate says so', () => {
    const sizes = { inputs: 5, hidden: [3] }
    expect(Object.keys(hiddenLayers({ ...sizes, dropout: { input: 0.3 } }).noise(x)!)).toEqual([
      'input',
    ])
    expect(Object.keys(hiddenLayers({ ...sizes, dropout: { hidden: 0.3 } }).noise(x)!)).toEqual([
      'hidden',
    ])
  })

  it('multiplies input and every layer by its mask', async () => {
    const network = mlp({ inputs: 2, hidden: [2], outputs: 1 })
    const noise = { input: array([[0, 2]]), hidden: [array([[2, 0]])] }
    // Masked input (0, 4), hidden (8, 5), masked (16, 0), output 32 + 0.5.
    expect([...(await jit(network.apply)(tiny, array([[1, 2]]), noise)).data]).toEqual([32.5])
  })

  it('is deterministic without masks, and is that on average where the network is linear', async () => {
    const network = mlp({
      inputs: 5,
      hidden: [4],
      outputs: 1,
      activation: 'linear',
      dropout: { input: 0.3, hidden: 0.5 },
    })
    const params = network.init(random(3))
    // Many copies of a row under one set of masks are many masks of the row.
    const row = [1, 0, -2, 0.5, 3]
    const copies = 8000
    const batch = ndarray(
      Float32Array.from({ length: copies * 5 }, (_, i) => row[i % 5]!),
      [copies, 5],
    )
    const run = jit(network.apply)
    const plain = (await run(params, batch)).data
    expect(new Set(plain).size).toBe(1)
    const dropped = [...(await run(params, batch, draw(network.noise?.(batch), 4))).data]
    const mean = dropped.reduce((total, v) => total + v, 0) / copies
    const variance = dropped.reduce((total, v) => total + (v - mean) ** 2, 0) / copies
    expect(variance).toBeGreaterThan(0.01)
    expect(Math.abs(mean - plain[0]!)).toBeLessThan(6 * Math.sqrt(variance / copies))
  })

  it('repeats with the seed of the masks', async () => {
    const network = mlp({
      inputs: 5,
      hidden: [4],
      outputs: 2,
      dropout: { input: 0.3, hidden: 0.5 },
    })
    const params = network.init(random(5))
    const run = (seed: number): Promise<NDArray> =>
      jit(network.apply)(params, x, draw(network.noise?.(x), seed))
    expect(await run(1)).toEqual(await run(1))
    expect(await run(1)).not.toEqual(await run(2))
  })
})

describe.each<ActivationName>(['softplus', 'tanh', 'sigmoid', 'elu'])(
  'gradients with %s',
  (activation) => {
    it('agree with finite differences, under dropout masks', async () => {
      const network = mlp({
        inputs: 4,
        hidden: [5, 3],
        outputs: 2,
        activation,
        dropout: { input: 0.2, hidden: 0.3 },
      })
      const params = network.init(random(6))
      const x = random(7).normals([3, 4])
      const noise = draw(network.noise?.(x), 8)
      const weights = random(9).normals([3, 2])
      type Point = { readonly params: MlpParams; readonly x: Tensor }
      const value = (at: Point, masks: unknown, w: Tensor): Tensor =>
        sum(mul(network.apply(at.params, at.x, masks), w))
      const evaluate = jit(value)
      const gradients = jit(
        (at: Point, masks: DropoutMasks<Tensor>, w: Tensor) =>
          valueAndGrad((point: Point) => value(point, masks, w))(at).grad,
      )
      const point = { params, x }
      const grad = await gradients(point, noise, weights)
      const leaves = (at: typeof point): readonly NDArray[] => [
        at.x,
        ...at.params.features.flatMap(({ kernel, bias }) => [kernel, bias!]),
        at.params.output.kernel,
        at.params.output.bias!,
      ]
      const slopes = leaves(grad)
      expect(slopes).toHaveLength(7)
      const step = 1e-2
      for (const [i, leaf] of leaves(point).entries())
        for (let j = 0; j < leaf.data.length; j++) {
          const start = leaf.data[j]!
          leaf.data[j] = start + step
          const above = (await evaluate(point, noise, weights)).data[0]!
          leaf.data[j] = start - step
          const below = (await evaluate(point, noise, weights)).data[0]!
          leaf.data[j] = start
          expect(slopes[i]!.data[j]).toBeCloseTo((above - below) / (2 * step), 2)
        }
      expect(slopes.every(({ data }) => data.some((slope) => Math.abs(slope) > 0.05))).toBe(true)
    })
  },
)
