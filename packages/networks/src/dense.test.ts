import {
  array,
  DomainError,
  DTypeError,
  filled,
  grad,
  jit,
  ndarray,
  random,
  reshape,
  ShapeError,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { describe, expect, it } from 'vitest'
import { activationFunction, type ActivationName } from './activation.ts'
import { dense, type DenseParams } from './dense.ts'
import { torchUniform } from './initializer.ts'

const params = {
  kernel: array([
    [1, -2, 0],
    [3, 4, -1],
  ]),
  bias: array([0.5, 0, -1]),
}

describe('dense', () => {
  it('is the affine map, computed by hand', async () => {
    const layer = dense({ inputs: 2, outputs: 3 })
    const x = array([
      [1, 2],
      [-1, 0.5],
    ])
    const { shape, data } = await jit(layer.apply)(params, x)
    expect(shape).toEqual([2, 3])
    expect([...data]).toEqual([7.5, 6, -3, 1, 4, -1.5])
  })

  it('leaves out the bias when told to', async () => {
    const layer = dense({ inputs: 2, outputs: 3, bias: false })
    expect(Object.keys(layer.init(random(1)))).toEqual(['kernel'])
    const { data } = await jit(layer.apply)({ kernel: params.kernel }, array([[1, 2]]))
    expect([...data]).toEqual([7, 6, -2])
  })

  it('maps every position alike', async () => {
    const layer = dense({ inputs: 2, outputs: 3, activation: 'tanh' })
    const x = random(3).normals([4, 5, 2])
    const rows = ndarray(x.data, [20, 2])
    const positions = await jit(layer.apply)(params, x)
    expect(positions.shape).toEqual([4, 5, 3])
    expect([...positions.data]).toEqual([...(await jit(layer.apply)(params, rows)).data])
    const gradient = jit((at: DenseParams, input: Tensor) =>
      grad((moved: DenseParams) => sum(layer.apply(moved, input)))(at),
    )
    expect(await gradient(params, x)).toEqual(await gradient(params, rows))
  })

  it('starts with parameters of its shapes, the same for the same seed', () => {
    const layer = dense({ inputs: 7, outputs: 5, bias: torchUniform })
    const first = layer.init(random(4))
    expect(first.kernel.shape).toEqual([7, 5])
    expect(first.bias?.shape).toEqual([5])
    expect(layer.init(random(4))).toEqual(first)
    expect(layer.init(random(5))).not.toEqual(first)
  })

  it('starts with a bias of zeros by default', () => {
    const { bias } = dense({ inputs: 7, outputs: 5 }).init(random(4))
    expect([...bias!.data]).toEqual([0, 0, 0, 0, 0])
  })

  it('applies an activation given as a function', async () => {
    const layer = dense({ inputs: 2, outputs: 3, activation: (x: Tensor) => reshape(x, x.shape) })
    expect([...(await jit(layer.apply)(params, array([[1, 2]]))).data]).toEqual([7.5, 6, -3])
  })

  it.each([0, -1, 2.5, Number.NaN])('refuses the size %d', (size) => {
    expect(() => dense({ inputs: size, outputs: 1 })).toThrow(DomainError)
    expect(() => dense({ inputs: 1, outputs: size })).toThrow(/outputs is .*positive integer/)
  })

  it('refuses what does not fit', async () => {
    const run = jit(dense({ inputs: 2, outputs: 3 }).apply)
    await expect(run(params, filled([4, 3], 1))).rejects.toThrow(ShapeError)
    await expect(run(params, filled([4, 3], 1))).rejects.toThrow(/x is of shape \[4, 3\]/)
    await expect(run(params, filled([2], 1))).rejects.toThrow(ShapeError)
    await expect(run(params, filled([4, 2], 1, 'int32'))).rejects.toThrow(DTypeError)
    const other = dense({ inputs: 3, outputs: 2 }).init(random(1))
    await expect(run(other, filled([4, 2], 1))).rejects.toThrow(/params.kernel/)
    // A bias of one element would broadcast.
    const short = { ...params, bias: filled([1], 0) }
    await expect(run(short, filled([4, 2], 1))).rejects.toThrow(/params.bias/)
    const { kernel } = params
    await expect(run({ kernel }, filled([4, 2], 1))).rejects.toThrow(/params.bias is absent/)
    const without = jit(dense({ inputs: 2, outputs: 3, bias: false }).apply)
    await expect(without(params, filled([4, 2], 1))).rejects.toThrow(/expected absent/)
  })
})

describe('activationFunction', () => {
  const at: Readonly<Record<ActivationName, readonly [number, number]>> = {
    linear: [-1, 2],
    relu: [0, 2],
    leakyRelu: [-0.2, 2],
    elu: [Math.exp(-1) - 1, 2],
    selu: [1.0507 * 1.67326 * (Math.exp(-1) - 1), 2 * 1.0507],
    softplus: [Math.log(1 + Math.exp(-1)), Math.log(1 + Math.exp(2))],
    sigmoid: [1 / (1 + Math.E), 1 / (1 + Math.exp(-2))],
    tanh: [Math.tanh(-1), Math.tanh(2)],
    softmax: [1 / (1 + Math.exp(3)), 1 / (1 + Math.exp(-3))],
  }

  it.each(Object.entries(at))('%s at -1 and 2', async (name, expected) => {
    const { data } = await jit(activationFunction(name as ActivationName))(array([[-1, 2]]))
    expect(data[0]).toBeCloseTo(expected[0], 4)
    expect(data[1]).toBeCloseTo(expected[1], 4)
  })

  it.each(['Relu', 'toString', ''])('refuses the name %j', (name) => {
    expect(() => activationFunction(name as ActivationName)).toThrow(DomainError)
    expect(() => dense({ inputs: 1, outputs: 1, activation: name as ActivationName })).toThrow(
      /one of linear, relu/,
    )
  })
})
