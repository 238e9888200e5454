import {
  add,
  currentEngine,
  eagerEngine,
  type Engine,
  jit,
  matMul,
  mul,
  type NDArray,
  ndarray,
  random,
  square,
  sub,
  sum,
  tanh,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { type Dataset, fit, type Learner, sgd } from '@deepstruct/training'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine } from '../onnx-engine.ts'

interface State {
  readonly hidden: Tensor
  readonly other: Tensor
  readonly output: Tensor
}
interface Batch {
  readonly x: Tensor
  readonly y: Tensor
}

const [examples, features, units] = [41, 320, 37]

function learner(
  kind: 'plain' | 'dropout' | 'two products' | 'used elsewhere',
): Learner<State, Batch> {
  const hiddenOf = (state: State, x: Tensor): Tensor => {
    const first = tanh(matMul(x, state.hidden))
    if (kind === 'two products') return mul(first, tanh(matMul(x, state.other)))
    return kind === 'used elsewhere' ? mul(first, tanh(sum(x, 1, true))) : first
  }
  return {
    family: 'regression',
    init: (_, draw) => ({
      hidden: draw.normals([features, units]),
      other: draw.normals([features, units]),
      output: draw.normals([units, 1]),
    }),
    phases: [
      {
        name: kind,
        epochs: 3,
        turns: [
          {
            moves: ['hidden', 'output', ...(kind === 'two products' ? (['other'] as const) : [])],
            optimizer: sgd({ rate: 0.001, momentum: 0.5 }),
            ...(kind === 'dropout' && {
              noise: ({ x }) => ({ kind: 'uniform', shape: x.shape, low: 0, high: 2 }) as const,
            }),
            loss(state, { x, y }, _, mask) {
              const kept = kind === 'dropout' ? mul(x, mask as Tensor) : x
              const found = matMul(hiddenOf(state, kept), state.output)
              return {
                rows: sum(square(sub(found, y)), 1),
                metrics: { sum: sum(add(found, y), 1) },
              }
            },
          },
        ],
      },
    ],
  }
}

/** Rows of which one element in thirty is not zero; with `denseFrom`, those from there on are full. */
function data(denseFrom = Infinity): Dataset<{ readonly x: NDArray; readonly y: NDArray }> {
  const draw = random(1)
  const x = Float32Array.from({ length: examples * features }, (_, i) =>
    i >= denseFrom * features || draw.uniform() < 1 / 30 ? draw.normal() : 0,
  )
  const y = draw.normals([examples, 1])
  const rows = (all: ArrayLike<number>, indices: ArrayLike<number>, columns: number): NDArray =>
    ndarray(
      Float32Array.from(
        { length: indices.length * columns },
        (_, i) => all[indices[Math.floor(i / columns)]! * columns + (i % columns)]!,
      ),
      [indices.length, columns],
    )
  return {
    size: examples,
    batch: (indices) => ({ x: rows(x, indices, features), y: rows(y.data, indices, 1) }),
  }
}

const kinds = ['plain', 'dropout', 'two products', 'used elsewhere'] as const

describe.each(kinds)('training on rows that are mostly zero: %s', (kind) => {
  let before: Engine
  beforeAll(async () => {
    before = await currentEngine()
  })
  afterAll(() => useEngine(before))

  async function train(engine: Engine, denseFrom?: number): Promise<number[]> {
    useEngine(engine)
    // The last batch has a single row.
    const { state, history } = await fit(learner(kind), data(denseFrom), { batchSize: 8, seed: 3 })
    return [state.hidden, state.other, state.output]
      .flatMap((array) => [...array.data])
      .concat(history.flatMap(({ train: means }) => [means['loss']!, means['sum']!]))
  }

  it.each([1, 2, 3])('on %i threads is that of an eager engine', async (threads) => {
    const engine = await onnxEngine({ threads })
    for (const denseFrom of [undefined, 5]) {
      const expected = await train(await eagerEngine({ backend: 'cpu' }), denseFrom)
      const got = await train(engine, denseFrom)
      expect(got).toHaveLength(expected.length)
      for (const [i, value] of got.entries())
        expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * Math.max(1, Math.abs(value)))
      expect(await train(engine, denseFrom)).toEqual(got)
    }
    const taken = engine
      .report()
      .graphs.some(({ shapes }) => shapes.some((shape) => shape.join() === `batch,${units}`))
    expect(taken).toBe(kind !== 'used elsewhere')
    await engine.close()
  })
})

it('looks for products in training steps alone', async () => {
  const { x } = data().batch([0, 1, 2, 3])
  const hidden = random(1).normals([features, units])
  const tracings = async (rows: NDArray): Promise<number> => {
    const engine = await onnxEngine({ threads: 1 })
    let count = 0
    const predict = jit(
      (w: Tensor, given: Tensor) => {
        count++
        return tanh(matMul(given, w))
      },
      { split: [1], engine },
    )
    const held = await engine.put<Tensor>(hidden)
    await predict(held, rows)
    engine.dispose(held)
    await engine.close()
    return count
  }
  expect(await tracings(x)).toBe(await tracings(random(2).normals(x.shape)))
})
