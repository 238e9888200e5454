import { box, energySolver, type EnergyNetwork, projectedGradient } from '@deepstruct/inference'
import { dense, type DenseParams, heNormal } from '@deepstruct/networks'
import {
  add,
  concat,
  conv2d,
  type Host,
  type NDArray,
  neg,
  random,
  relu,
  reshape,
  sigmoidCrossEntropy,
  type Tensor,
  zerosLike,
  slice,
} from '@deepstruct/tensor'
import { adam, type Phase } from '@deepstruct/training'
import type { Case } from '../case.ts'
import { inferenceWork, stepWork } from '../work.ts'

const batch = 32
const size = 32
/** Of the three 5×5 convolutions: channels and strides. */
const convolutions = [
  { input: 4, output: 64, stride: 1 },
  { input: 64, output: 128, stride: 2 },
  { input: 128, output: 128, stride: 2 },
] as const
const flat = 8 * 8 * 128
const layers = [
  dense({ inputs: flat, outputs: 384, activation: 'relu', initializer: heNormal }),
  dense({ inputs: 384, outputs: 192, activation: 'relu', initializer: heNormal }),
  dense({ inputs: 192, outputs: 1 }),
] as const

interface ConvolutionParams {
  readonly kernel: Tensor
  readonly bias: Tensor
}

type Params = {
  readonly convolutions: readonly ConvolutionParams[]
  readonly layers: readonly DenseParams[]
}

type Batch = { readonly x: Tensor; readonly y: Tensor; readonly value: Tensor }

/** The value of masks for images, before the sigmoid: `[batch]`. */
function value(params: Params, x: Tensor, y: Tensor): Tensor {
  let h = concat([x, y], 3)
  for (const [i, { stride }] of convolutions.entries()) {
    const { kernel, bias } = params.convolutions[i]!
    h = relu(add(conv2d(h, kernel, { stride, padding: 'same' }), bias))
  }
  const features = reshape(h, [-1, flat])
  const values = layers.reduce((at, layer, i) => layer.apply(params.layers[i]!, at), features)
  return reshape(values, [-1])
}

const domain = box([size, size, 1])
const model: EnergyNetwork<Params, Tensor, Tensor> = {
  init: (source) => ({
    convolutions: convolutions.map(({ input, output }) => ({
      kernel: heNormal(source, [5, 5, input, output], { in: 25 * input, out: 25 * output }),
      bias: source.normals([output], 0, 0.01),
    })),
    layers: layers.map((layer) => layer.init(source)),
  }),
  encode: (_, x) => x,
  energy: (params, x, y) => neg(value(params, x, y)),
  domain: () => domain,
  start: (_, x) => zerosLike(slice(x, [0, 0, 0, 0], [-1, -1, -1, 1])),
}

interface Problem {
  readonly parameters: Host<Params>
  readonly x: NDArray
  readonly arrays: Readonly<Record<string, NDArray>>
  draw(): ReturnType<typeof random>
}

function problem(): Problem {
  const draw = random(1)
  const parameters = model.init(draw)
  const x = draw.normals([batch, size, size, 3])
  const arrays: Record<string, NDArray> = { x }
  for (const [i, { kernel, bias }] of parameters.convolutions.entries())
    Object.assign(arrays, { [`k${i + 1}`]: kernel, [`c${i + 1}`]: bias })
  for (const [i, { kernel, bias }] of parameters.layers.entries())
    Object.assign(arrays, { [`w${i + 1}`]: kernel, [`b${i + 1}`]: bias })
  return { parameters, x, arrays, draw: () => draw.split() }
}

/**
 * Thirty steps up a convolutional value network of masks. Rectifiers make the path of many steps sensitive to the last digit, so what is
 * compared is the first step.
 */
export function convolutionInference(): Case {
  const settings = { steps: 30, stepSize: 20, comparedSteps: 1 }
  const { parameters, x, arrays } = problem()
  const { stepSize } = settings
  const after = (steps: number): ReturnType<typeof energySolver<Params, Tensor, Tensor>> =>
    energySolver(model, projectedGradient({ steps, stepSize }))
  return {
    name: 'convolution-inference',
    batches: [batch],
    settings,
    arrays,
    comparable: true,
    work: async () => {
      const { result } = await inferenceWork(after(settings.comparedSteps), parameters, x)
      const { times } = await inferenceWork(after(settings.steps), parameters, x)
      return { result, times }
    },
  }
}

/** A training step of the same network: the cross-entropy of its value for given masks, the gradient for all parameters, Adam. */
export function convolutionStep(): Case {
  const settings = { rate: 1e-4 }
  const { parameters, x, arrays, draw } = problem()
  const source = draw()
  const y = source.uniforms([batch, size, size, 1])
  const values = source.uniforms([batch])
  const phase: Phase<Params, Batch> = {
    name: 'value',
    epochs: 1,
    turns: [
      {
        moves: ['convolutions', 'layers'],
        optimizer: adam({ rate: settings.rate }),
        loss: (params, rows) => ({
          rows: sigmoidCrossEntropy(rows.value, value(params, rows.x, rows.y)),
        }),
      },
    ],
  }
  return {
    name: 'convolution-step',
    batches: [batch],
    settings,
    arrays: { ...arrays, y, values },
    comparable: true,
    work: () => Promise.resolve(stepWork(phase, parameters, { x, y, value: values }, batch)),
  }
}
