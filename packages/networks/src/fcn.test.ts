import {
  array,
  DomainError,
  drawNoise,
  filled,
  flatten,
  isNDArray,
  jit,
  ndarray,
  type NDArray,
  random,
  ShapeError,
} from '@deepstruct/tensor'
import { checkGradient } from '@deepstruct/testing'
import { describe, expect, it } from 'vitest'
import { dropoutChannels } from './dropout.ts'
import { fcn } from './fcn.ts'

const small = { inputs: 2, channels: [3, 4, 5], kernelSize: 3, activation: 'tanh' } as const

const refuse = (path: string): never => {
  throw new TypeError(`${path} is no array`)
}

describe('fcn', () => {
  it.each([
    [8, 8],
    [12, 7],
    [5, 9],
  ])('computes one logit for each pixel of %i × %i', async (height, width) => {
    const network = fcn(small)
    const { shape } = await jit(network.apply)(
      network.init(random(1)),
      filled([2, height, width, 2], 1),
    )
    expect(shape).toEqual([2, height, width, 1])
  })

  it('sees each image by itself', async () => {
    const network = fcn(small)
    const params = network.init(random(1))
    const x = random(2).normals([3, 8, 8, 2])
    const whole = await jit(network.apply)(params, x)
    const second = ndarray(x.data.subarray(128, 256), [1, 8, 8, 2])
    const alone = await jit(network.apply)(params, second)
    for (const [i, value] of alone.data.entries()) expect(value).toBeCloseTo(whole.data[64 + i]!, 5)
  })

  it('moves with the image, by the step of its coarsest level', async () => {
    const network = fcn(small)
    const params = network.init(random(1))
    // One bright pixel, far from the borders.
    const at = async (place: number): Promise<NDArray> => {
      const x = filled([1, 48, 48, 2], 0)
      x.data[(place * 48 + place) * 2] = 3
      return jit(network.apply)(params, x)
    }
    const [first, moved] = [await at(20), await at(24)]
    for (let row = 10; row < 30; row++)
      for (let column = 10; column < 30; column++)
        expect(moved.data[(row + 4) * 48 + column + 4]).toBeCloseTo(
          first.data[row * 48 + column]!,
          5,
        )
  })

  it('has the gradients of its values, in every parameter', async () => {
    const network = fcn({ ...small, channels: [2, 2], kernelSize: 2 })
    const { leaves, rebuild } = flatten(network.init(random(4)), isNDArray, refuse)
    await checkGradient(
      (x, ...params) => network.apply(rebuild(params) as never, x),
      [random(5).normals([1, 3, 4, 2]), ...leaves],
    )
  })

  it('drops channels of the coarsest level as its mask says', async () => {
    const network = fcn({ ...small, dropout: 0.25 })
    const params = network.init(random(1))
    const x = random(2).normals([2, 8, 8, 2])
    const run = jit(network.apply)
    const plain = await run(params, x)
    expect(await run(params, x, { channels: filled([2, 5], 1) })).toEqual(plain)
    expect(await run(params, x, { channels: filled([2, 5], 0) })).not.toEqual(plain)
    const mask = drawNoise(network.noise(x)!.channels, random(3))
    expect(mask.shape).toEqual([2, 5])
    expect(fcn(small).noise(x)).toBeUndefined()
    await expect(run(params, x, { channels: filled([2, 4], 1) })).rejects.toThrow(ShapeError)
    expect(() => fcn({ ...small, dropout: 1 })).toThrow(DomainError)
  })

  it('refuses parameters and images of another network', async () => {
    const run = jit(fcn(small).apply)
    const other = fcn({ ...small, channels: [3, 4] }).init(random(1))
    await expect(run(other, filled([1, 8, 8, 2], 1))).rejects.toThrow(/fcn.*upsampling/)
    await expect(run(other, filled([1, 8, 8, 3], 1))).rejects.toThrow(/reads 2 channels/)
  })
})

describe('dropoutChannels', () => {
  it('multiplies every position of a channel alike', async () => {
    const x = array([[[[1, 2]], [[3, 4]]]])
    const { data } = await jit(dropoutChannels)(x, array([[0, 2]]))
    expect([...data]).toEqual([0, 4, 0, 8])
    expect(await jit(dropoutChannels)(x)).toEqual(x)
  })
})
