import {
  array,
  DomainError,
  eagerEngine,
  filled,
  jit,
  type NDArray,
  ndarray,
  random,
  ShapeError,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  maskDiscriminator,
  type MaskDiscriminatorOptions,
  type MaskDiscriminatorParams,
} from './mask-discriminator.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const options = { inputs: 2, channels: [3, 4], kernelSize: 3 } as const
const draw = random(1)
const x = draw.normals([2, 9, 9, 2])
const y = draw.uniforms([2, 9, 9])
const classes = draw.uniforms([2, 9, 9, 3])

function judge(
  more: Partial<MaskDiscriminatorOptions>,
  images = x,
  masks = y,
): Promise<{ readonly patches: NDArray; readonly whole: NDArray }> {
  const network = maskDiscriminator({ ...options, ...more })
  return jit((params: MaskDiscriminatorParams, a: Tensor, b: Tensor) => ({
    patches: network.patches(params, a, b),
    whole: network.apply(params, a, b),
  }))(network.init(random(2)), images, masks)
}

describe('maskDiscriminator', () => {
  it.each([
    [1, 5, 5],
    [2, 5, 9],
    [3, 5, 17],
    [4, 5, 33],
    [2, 3, 5],
  ])(
    'of %i convolutions with kernels of %i has a receptive field of %i',
    (layers, kernelSize, field) => {
      const channels = Array.from({ length: layers }, () => 2)
      expect(maskDiscriminator({ inputs: 1, channels, kernelSize }).receptiveField).toBe(field)
    },
  )

  it('has one patch for images of its field, and judges a mask by the mean over its patches', async () => {
    const { patches, whole } = await judge({})
    // 9 → 7 → 3.
    expect(patches.shape).toEqual([2, 3, 3])
    const mean = Array.from(patches.data.subarray(0, 9)).reduce((sum, v) => sum + v, 0) / 9
    expect(whole.data[0]).toBeCloseTo(mean, 5)
    const field = await judge({}, filled([1, 5, 5, 2], 0), filled([1, 5, 5], 1))
    expect(field.patches.shape).toEqual([1, 1, 1])
  })

  it('sees nothing of a patch beyond its field', async () => {
    // Patch (0, 0) covers rows and columns 0 to 4.
    const changed = ndarray(Float32Array.from(y.data), [2, 9, 9])
    changed.data[5] = 1 - changed.data[5]!
    const [before, after] = [await judge({}), await judge({}, x, changed)]
    expect(after.patches.data[0]).toBe(before.patches.data[0])
    expect(after.patches.data[1]).not.toBe(before.patches.data[1])
  })

  it('reads products: where the image is 0, no mask makes a difference', async () => {
    const dark = filled([2, 9, 9, 2], 0)
    const [one, other] = [
      await judge({ reads: 'product' }, dark),
      await judge({ reads: 'product' }, dark, filled([2, 9, 9], 1)),
    ]
    expect(one.whole.data[0]).toBeCloseTo(other.whole.data[0]!, 6)
    const [basic, otherBasic] = [await judge({}, dark), await judge({}, dark, filled([2, 9, 9], 1))]
    expect(basic.whole.data[0]).not.toBeCloseTo(otherBasic.whole.data[0]!, 4)
  })

  it('takes the object for the second of two classes', async () => {
    const two = Float32Array.from({ length: 2 * y.data.length }, (_, i) =>
      i % 2 === 0 ? 1 - y.data[i >> 1]! : y.data[i >> 1]!,
    )
    const { whole } = await judge({ classes: 2 }, x, ndarray(two, [2, 9, 9, 2]))
    const { whole: expected } = await judge({})
    for (const [i, value] of whole.data.entries()) expect(value).toBeCloseTo(expected.data[i]!, 5)
    expect((await judge({ classes: 3 }, x, classes)).whole.shape).toEqual([2])
  })

  it('refuses images smaller than its field, and masks of another shape', async () => {
    await expect(judge({}, filled([1, 4, 9, 2], 0), filled([1, 4, 9], 0))).rejects.toThrow(
      /images of 4 × 9 pixels.*5 × 5 or more/,
    )
    await expect(judge({}, x, array([[0]]))).rejects.toThrow(ShapeError)
    await expect(judge({ classes: 2 }, x, classes)).rejects.toThrow(/expected \[2, 9, 9, 2\]/)
    expect(() => maskDiscriminator({ inputs: 1, channels: [] })).toThrow(DomainError)
  })
})
