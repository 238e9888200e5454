import { energySolver, projectedGradient } from '@deepstruct/inference'
import { mlp } from '@deepstruct/networks'
import { checkGradient } from '@deepstruct/testing'
import {
  array,
  constant,
  eagerEngine,
  jit,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it } from 'vitest'
import { labelValueNetwork, type LabelValueParams } from './label-value-network.ts'
import { onLogits } from './value-network.ts'

beforeAll(async () => useEngine(await eagerEngine({ backend: 'cpu' })))

const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z))
const softplus = (z: number): number => Math.log(1 + Math.exp(z))

describe('labelValueNetwork', () => {
  const network = labelValueNetwork({
    network: mlp({ inputs: 2, hidden: [], outputs: 2 }),
    measurements: 1,
  })
  const params = {
    features: [],
    output: {
      kernel: array([
        [1, 2],
        [-1, 0.5],
      ]),
      bias: array([0.1, -0.2]),
    },
    inputs: { mean: array([1, 0]), scale: array([0.5, 2]) },
    global: [{ kernel: array([[1], [-2]]) }, { kernel: array([[3]]) }],
  }
  // Standardized, (3, 1) is (1, 2).
  const u = [1 - 2 + 0.1, 2 + 1 - 0.2]
  const x = array([[3, 1]])
  const values = jit((p: LabelValueParams, inputs: Tensor, y: Tensor) => {
    const features = network.encode(p, inputs)
    return {
      score: network.score(p, features, y),
      energy: network.energy(p, features, y),
      logits: onLogits(network).energy(p, features, y),
    }
  })

  it.each([[[1, 0]], [[0.5, 0.25]], [[0, 0]]])(
    'adds labels and measurements at %j, and is an energy',
    async (y) => {
      const z = u[0]! * y[0]! + u[1]! * y[1]! + 3 * softplus(y[0]! - 2 * y[1]!)
      const found = await values(params, x, array([y]))
      expect(found.score.data[0]).toBeCloseTo(z, 5)
      expect(found.energy.data[0]).toBeCloseTo(-sigmoid(z), 6)
      expect(found.logits.data[0]).toBeCloseTo(-z, 5)
    },
  )

  it('starts at the empty set and climbs', async () => {
    const solve = energySolver(network, projectedGradient({ steps: 1, stepSize: 0.5 }))
    const { y } = await jit((p: LabelValueParams, inputs: Tensor) => ({ y: solve(p, inputs).y }))(
      params,
      x,
    )
    const z = 3 * softplus(0)
    const slope = sigmoid(z) * (1 - sigmoid(z))
    // The derivative of softplus at 0 is one half.
    const gradient = [u[0]! + 3 * 0.5, u[1]! - 2 * 3 * 0.5]
    for (const [j, g] of gradient.entries())
      expect(y.data[j]).toBeCloseTo(Math.min(1, Math.max(0, 0.5 * slope * g)), 6)
  })

  it.each([undefined, 3])(
    'has the gradient that differences show (second layer %s)',
    async (secondLayer) => {
      const model = labelValueNetwork({
        network: mlp({ inputs: 2, hidden: [3], outputs: 4, activation: 'softplus' }),
        measurements: 2,
        ...(secondLayer !== undefined && { secondLayer }),
      })
      const draw = random(5)
      const { features, output, inputs, global } = model.init(draw)
      const at = draw.normals([2, 2])
      const kernels = global.map(({ kernel }) => kernel)
      expect(kernels.map(({ shape }) => shape)).toEqual(
        secondLayer === undefined
          ? [
              [4, 2],
              [2, 1],
            ]
          : [
              [4, 2],
              [2, 3],
              [3, 1],
            ],
      )
      expect(global.every(({ bias }) => bias === undefined)).toBe(true)
      const fixed = (p: unknown): LabelValueParams => p as LabelValueParams
      await checkGradient(
        (y, first, ...layers) => {
          const moved = fixed({
            features: features.map(({ kernel, bias }) => ({
              kernel: constant(kernel),
              bias: constant(bias!),
            })),
            output: { kernel: first, bias: constant(output.bias!) },
            inputs: { mean: constant(inputs.mean), scale: constant(inputs.scale) },
            global: layers.map((kernel) => ({ kernel })),
          })
          return model.energy(moved, model.encode(moved, constant(at)), y)
        },
        [draw.uniforms([2, 4]), output.kernel, ...kernels],
      )
    },
  )
})
