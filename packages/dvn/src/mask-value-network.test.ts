import { energySolver, projectedGradient } from '@deepstruct/inference'
import { conv2d, convolutionalLayers, standardizeChannels } from '@deepstruct/networks'
import { checkGradient } from '@deepstruct/testing'
import {
  concat,
  constant,
  DomainError,
  drawNoise,
  eagerEngine,
  expandDims,
  jit,
  matMul,
  mul,
  type NDArray,
  random,
  relu,
  reshape,
  sub,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { maskSolver, maskValues } from './mask-solver.ts'
import { maskValueNetwork, type MaskValueParams } from './mask-value-network.ts'
import { iouValue } from './oracle-values.ts'
import { startingAt } from './starting-at.ts'
import { onLogits } from './value-network.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const [height, width, inputs] = [6, 5, 2]
const network = maskValueNetwork({
  height,
  width,
  inputs,
  channels: [3, 4],
  kernelSize: 3,
  units: [5],
  dropout: 0.5,
})
const draw = random(2)
const params = network.init(draw)
const x = draw.uniforms([3, height, width, inputs])
const y = draw.uniforms([3, height, width])

const scores = jit((p: MaskValueParams, images: Tensor, masks: Tensor, dropped: unknown) => {
  const noise =
    Object.keys(dropped as object).length === 0 ? undefined : (dropped as { d: never }).d
  return { score: network.score(p, network.encode(p, images, noise), masks) }
})

describe('maskValueNetwork', () => {
  it('is a convolution of image and mask together', async () => {
    const joint = conv2d({ inputs: inputs + 1, outputs: 3, kernelSize: 3, activation: 'relu' })
    const further = convolutionalLayers({
      inputs: 3,
      layers: [{ outputs: 4, kernelSize: 3, stride: 2 }],
    })
    const plain = await jit((p: MaskValueParams, images: Tensor, masks: Tensor) => {
      const { image, mask, convolutions, dense } = p.value
      const stacked = concat(
        [standardizeChannels(images, p.statistics), expandDims(sub(mul(2, masks), 1), 3)],
        3,
      )
      const kernel = concat([image.kernel, mask.kernel], 2)
      const fine = joint.apply({ kernel, bias: image.bias! }, stacked)
      const flat = reshape(further.apply(convolutions, fine), [3, 3 * 3 * 4])
      const hidden = relu(matMul(flat, dense[0]!.kernel))
      return { score: reshape(matMul(hidden, dense[1]!.kernel), [-1]) }
    })(params, x, y)
    const { score } = await scores(params, x, y, {})
    for (const [i, value] of plain.score.data.entries()) expect(score.data[i]).toBeCloseTo(value, 5)
  })

  it('has the gradient that differences show', async () => {
    const { statistics, value } = params
    await checkGradient(
      (masks, kernel) => {
        const state = {
          statistics: {
            mean: constant(statistics.mean),
            deviation: constant(statistics.deviation),
          },
          value: {
            image: { kernel: constant(value.image.kernel), bias: constant(value.image.bias!) },
            mask: { kernel: kernel },
            convolutions: value.convolutions.map((layer) => ({
              kernel: constant(layer.kernel),
              bias: constant(layer.bias!),
            })),
            dense: value.dense.map((layer) => ({
              kernel: constant(layer.kernel),
              bias: constant(layer.bias!),
            })),
          },
        }
        return network.energy(state, network.encode(state, constant(x)), masks)
      },
      [y, value.mask.kernel],
      // Rectifiers have kinks, and a small step meets few of them.
      { step: 2e-3, tolerance: 5e-3 },
    )
  })

  it('drops units only where it is given a mask', async () => {
    const spec = network.noise(3)!
    expect(spec.shape).toEqual([3, 5])
    const one = await scores(params, x, y, { d: drawNoise(spec, random(1)) })
    const none = await scores(params, x, y, {})
    expect(one).not.toEqual(none)
    expect(maskValueNetwork({ height, width, inputs }).noise(3)).toBeUndefined()
  })

  it('wants a convolution', () => {
    expect(() => maskValueNetwork({ height, width, inputs, channels: [] })).toThrow(DomainError)
  })
})

describe('maskSolver', () => {
  const crops = { height, width }
  const inference = projectedGradient({ steps: 4, stepSize: 0.3 })
  const climbing = onLogits(network)

  it('of one crop is inference', async () => {
    const both = await jit((p: MaskValueParams, images: Tensor) => ({
      whole: maskSolver(climbing, { inference, crops })(p, images).y,
      plain: energySolver(climbing, inference)(p, images).y,
    }))(params, x)
    expect(both.whole).toEqual(both.plain)
    expect(both.whole.data.some((value) => value > 0)).toBe(true)
  })

  it('starts from what is proposed', async () => {
    const still = projectedGradient({ steps: 1, stepSize: 1e-12 })
    const large = draw.uniforms([2, 8, 7, inputs])
    const proposal = draw.uniforms([2, 8, 7])
    const { kept, refined } = await jit((p: MaskValueParams, images: Tensor, masks: Tensor) => ({
      kept: maskSolver(climbing, { inference: still, crops: { ...crops, perSide: 3 } })(
        p,
        images,
        masks,
      ).y,
      refined: maskSolver(climbing, { inference, crops })(p, images, masks).y,
    }))(params, large, proposal)
    for (const [i, value] of proposal.data.entries()) expect(kept.data[i]).toBeCloseTo(value, 6)
    expect(refined).not.toEqual(kept)
  })

  it('starts where the network says', async () => {
    const start = draw.uniforms([3, height, width])
    const still = projectedGradient({ steps: 1, stepSize: 1e-12 })
    const found = await jit((p: MaskValueParams, images: Tensor, masks: Tensor) => {
      const elsewhere = startingAt(climbing, () => masks)
      return { y: energySolver(elsewhere, still)(p, images).y }
    })(params, x, start)
    for (const [i, value] of start.data.entries()) expect(found.y.data[i]).toBeCloseTo(value, 6)
  })
})

describe('maskValues', () => {
  it('are those of the crops, on average', async () => {
    const [tall, wide] = [8, 5]
    const image = draw.uniforms([2, tall, wide, inputs])
    const [truth, mask] = [draw.bernoullis([2, tall, wide], 0.5), draw.uniforms([2, tall, wide])]
    const values = maskValues(network, iouValue, { height, width, perSide: 2 })
    const found = await jit((p: MaskValueParams, i: Tensor, t: Tensor, m: Tensor) => ({
      ...values(p, { x: i, y: t }, m),
      best: values(p, { x: i, y: t }, t).actual,
    }))(params, image, truth, mask)
    const rows = (array: NDArray, first: number, channels: number): NDArray => {
      const size = wide * channels
      return {
        ...array,
        shape: channels === 1 ? [2, height, width] : [2, height, width, channels],
        data: Float32Array.from(
          [0, 1].flatMap((example) => {
            const from = (example * tall + first) * size
            return [...array.data.subarray(from, from + height * size)]
          }),
        ),
      }
    }
    const expected = [0, 2].map(async (first) =>
      jit((p: MaskValueParams, i: Tensor, m: Tensor, t: Tensor) => ({
        v: network.energy(p, network.encode(p, i), m),
        worth: iouValue(t, m),
      }))(params, rows(image, first, inputs), rows(mask, first, 1), rows(truth, first, 1)),
    )
    const [top, bottom] = await Promise.all(expected)
    for (const example of [0, 1]) {
      expect(found.predicted.data[example]).toBeCloseTo(
        -(top!.v.data[example]! + bottom!.v.data[example]!) / 2,
        5,
      )
      expect(found.actual.data[example]).toBeCloseTo(
        (top!.worth.data[example]! + bottom!.worth.data[example]!) / 2,
        5,
      )
      expect(found.best.data[example]).toBeCloseTo(1, 5)
    }
  })
})
