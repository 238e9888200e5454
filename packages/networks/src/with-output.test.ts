import {
  array,
  div,
  drawNoise,
  jit,
  mul,
  type NoiseSpec,
  random,
  squeeze,
  sum,
  type Tensor,
} from '@deepstruct/tensor'
import { expect, it } from 'vitest'
import type { Network } from './network.ts'
import { withOutput } from './with-output.ts'

/** A network as a user would write it: a learned gate on each feature, under multiplicative normal noise. */
const gate: Network<{ readonly weights: Tensor }> = {
  inputs: 2,
  outputs: 2,
  init: (source) => ({ weights: source.uniforms([2], 0.5, 1.5) }),
  apply: ({ weights }, x, noise) => {
    const gated = mul(x, weights)
    return noise === undefined ? gated : mul(gated, noise as Tensor)
  },
  noise: ({ shape }) => ({ kind: 'normal', shape, mean: 1, deviation: 0.1 }),
}

/** A network that reads a tree: the mean of the positions that a mask keeps. */
const maskedMean: Network<
  { readonly scale: Tensor },
  { readonly values: Tensor; readonly mask: Tensor }
> = {
  inputs: 2,
  outputs: 2,
  init: () => ({ scale: array([1]) }),
  apply: ({ scale }, { values, mask }) =>
    mul(scale, div(sum(mul(values, mask), 1), squeeze(sum(mask, 1, true), [1]))),
}

it('puts an output layer on any network, with the noise of that', async () => {
  const network = withOutput(gate, { outputs: 1, bias: false })
  const params = { features: { weights: array([10, 100]) }, output: { kernel: array([[1], [2]]) } }
  const x = array([[2, 3]])
  const run = jit(network.apply)
  expect([...(await run(params, x)).data]).toEqual([620])
  const spec = network.noise?.(x) as NoiseSpec
  expect(spec).toEqual({ kind: 'normal', shape: [1, 2], mean: 1, deviation: 0.1 })
  const noise = drawNoise(spec, random(1))
  const [first, second] = noise.data
  expect((await run(params, x, noise)).data[0]).toBeCloseTo(20 * first! + 600 * second!, 3)
})

it('reads whatever the features read', async () => {
  const network = withOutput(maskedMean, { outputs: 1, activation: 'relu', bias: false })
  const params = network.init(random(1))
  const kernel = array([[1], [-1]])
  const x = {
    values: array([
      [
        [1, 0],
        [5, 2],
        [9, 9],
      ],
    ]),
    mask: array([[[1], [1], [0]]]),
  }
  const { shape, data } = await jit(network.apply)({ ...params, output: { kernel } }, x)
  expect(shape).toEqual([1, 1])
  expect([...data]).toEqual([2])
  expect(network.noise?.(x)).toBeUndefined()
})
