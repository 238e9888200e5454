import { box, energySolver, type EnergyNetwork, projectedGradient } from '@deepstruct/inference'
import { type DenseParams, mlp, type WithOutputParams } from '@deepstruct/networks'
import {
  add,
  dot,
  matMul,
  neg,
  random,
  reshape,
  sigmoid,
  softplus,
  type Tensor,
  zerosLike,
} from '@deepstruct/tensor'
import type { Case } from '../case.ts'
import { inferenceWork } from '../work.ts'
import { firstRows } from './spen-problem.ts'

type Params = WithOutputParams<readonly DenseParams[]> & {
  readonly measure: Tensor
  readonly weigh: Tensor
}

/** Thirty steps up a deep value network of labels, $v = \sigma(u(x)^\top y + w^\top \text{softplus}(C y))$, from the empty set. */
export function dvnInference(): Case {
  const [features, labels, measurements] = [1836, 159, 16]
  const settings = { steps: 30, stepSize: 0.5 }
  const network = mlp({
    inputs: features,
    hidden: [150],
    outputs: labels,
    activation: 'softplus',
  })
  const domain = box([labels])
  const model: EnergyNetwork<Params, Tensor, Tensor> = {
    init: (source) => ({
      ...network.init(source),
      measure: source.normals([labels, measurements], 0, 1 / Math.sqrt(labels)),
      weigh: source.normals([measurements, 1], 0, 1 / Math.sqrt(measurements)),
    }),
    encode: (params, x) => network.apply(params, x),
    energy: ({ measure, weigh }, u, y) =>
      neg(sigmoid(add(dot(u, y), reshape(matMul(softplus(matMul(y, measure)), weigh), [-1])))),
    domain: () => domain,
    start: (_, u) => zerosLike(u),
  }
  const draw = random(1)
  const parameters = model.init(draw)
  const x = draw.bernoullis([512, features], 1 / 27)
  const solve = energySolver(model, projectedGradient(settings))
  const [hidden] = parameters.features
  return {
    name: 'dvn-inference',
    batches: [1, 32, 512],
    settings,
    arrays: {
      x,
      w1: hidden!.kernel,
      b1: hidden!.bias!,
      w2: parameters.output.kernel,
      b2: parameters.output.bias!,
      measure: parameters.measure,
      weigh: parameters.weigh,
    },
    comparable: true,
    work: (batch) => inferenceWork(solve, parameters, firstRows(x, batch)),
  }
}
