import {
  add,
  currentEngine,
  eagerEngine,
  type Engine,
  matMul,
  mul,
  random,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import {
  adam,
  adamW,
  type Dataset,
  fit,
  type Learner,
  type Optimizer,
  sgd,
} from '@deepstruct/training'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'

interface State {
  readonly layers: { readonly hidden: Tensor; readonly bias: Tensor; readonly output: Tensor }
  readonly fixed: Tensor
}
interface Batch {
  readonly x: Tensor
  readonly y: Tensor
}

const [inputs, width] = [3, 7]

function predict({ layers: { hidden, bias, output }, fixed }: State, x: Tensor): Tensor {
  return matMul(mul(fixed, tanh(add(matMul(x, hidden), bias))), output)
}

function learner(player: {
  readonly optimizer: Optimizer
  readonly clipNorm?: number
  readonly penalty?: (state: State) => Tensor
}): Learner<State, Batch> {
  return {
    family: 'regression',
    init: (_, draw) => ({
      layers: {
        hidden: draw.normals([inputs, width]),
        bias: draw.normals([width]),
        output: draw.normals([width, 1]),
      },
      fixed: draw.uniforms([width]),
    }),
    phases: [
      {
        name: 'squares',
        epochs: 4,
        turns: [
          {
            moves: ['layers'],
            loss: (state, { x, y }) => ({
              rows: sum(square(sub(predict(state, x), y)), 1),
              // Rows of different weight, so that means are no means of shares.
              weights: add(1, square(sum(y, 1))),
              metrics: { bias: sum(sub(predict(state, x), y), 1) },
            }),
            ...player,
          },
        ],
      },
    ],
  }
}

const examples: Dataset<{
  readonly x: ReturnType<typeof rows>
  readonly y: ReturnType<typeof rows>
}> = {
  size: 21,
  batch: (indices) => ({ x: rows(indices, inputs, 1), y: rows(indices, 1, 2) }),
}

function rows(indices: ArrayLike<number>, columns: number, seed: number) {
  const all = random(seed).normals([21, columns])
  const data = Float32Array.from(
    { length: indices.length * columns },
    (_, i) => all.data[indices[Math.floor(i / columns)]! * columns + (i % columns)]!,
  )
  return { shape: [indices.length, columns], dtype: 'float32', data } as const
}

const optimizers: readonly (readonly [string, Optimizer])[] = [
  ['sgd', sgd({ rate: 0.01 })],
  ['sgd with momentum', sgd({ rate: 0.01, momentum: 0.9 })],
  [
    'sgd with look-ahead',
    sgd({ rate: (step) => 0.02 / (step + 1), momentum: 0.9, nesterov: true }),
  ],
  ['adam', adam({ rate: 0.02 })],
  ['adamW', adamW({ rate: 0.02, weightDecay: 0.1 })],
  ['adamW of matrices', adamW({ rate: 0.02, weightDecay: 0.1, decays: 'matrices' })],
]
const penalty = ({ layers: { hidden, output } }: State): Tensor =>
  mul(0.01, add(sum(square(hidden)), sum(square(output))))
const options = [
  ['', {}],
  [' with a bound on the norm', { clipNorm: 0.5 }],
  [' with a bound that is never reached', { clipNorm: 1e6 }],
  [' with a penalty', { penalty }],
  [' with a bound and a penalty', { clipNorm: 0.5, penalty }],
] as const

describe.each(
  optimizers.flatMap(([name, optimizer]) =>
    options.map(([ending, more]) => [name + ending, { optimizer, ...more }] as const),
  ),
)('training by %s', (_, player) => {
  let before: Engine
  let expected: number[]
  beforeAll(async () => {
    before = await currentEngine()
    expected = await train(await eagerEngine({ backend: 'cpu' }))
  })
  afterAll(() => useEngine(before))

  async function train(engine: Engine): Promise<number[]> {
    useEngine(engine)
    const { state, history } = await fit(learner(player), examples, { batchSize: 8, seed: 5 })
    const { hidden, bias, output } = state.layers
    return [hidden, bias, output, state.fixed]
      .flatMap(({ data }) => [...data])
      .concat(history.flatMap(({ train: means }) => [means['loss']!, means['bias']!]))
  }

  it.each([1, 2, 3])(
    'on %i threads is done by kernels, and is that of an eager engine',
    async (threads) => {
      const engine = await onnxEngine({ threads })
      let workers = 0
      const count = (): void => {
        workers++
      }
      process.on('worker', count)
      const got = await train(engine)
      process.off('worker', count)
      // None would be needed for one graph.
      expect(workers).toBe(threads - 1)
      expect(engine.report().graphs.map(({ name }) => name)).toEqual(
        expect.arrayContaining(['regression/squares/layers']),
      )
      expect(got).toHaveLength(expected.length)
      for (const [i, value] of got.entries())
        expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)))
      await engine.close()
    },
  )
})
