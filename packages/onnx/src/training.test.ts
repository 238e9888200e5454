import { mlpFamily } from '@deepstruct/feedforward'
import { spenFamily } from '@deepstruct/spen'
import {
  currentEngine,
  eagerEngine,
  type Engine,
  flatten,
  jit,
  isNDArray,
  ndarray,
  type NDArray,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { type Dataset, type Family, fit } from '@deepstruct/training'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine } from './onnx-engine.ts'

const sizes = { inputs: 8, labels: 5 }

type Batch = { readonly x: NDArray; readonly y: NDArray }

/** Examples whose labels are the signs of linear scores. */
function examples(count: number): Dataset<Batch> {
  const draw = random(4)
  const x = draw.normals([count, sizes.inputs]).data
  const weights = draw.normals([sizes.inputs, sizes.labels]).data
  const y = Float32Array.from({ length: count * sizes.labels }, (_, i) => {
    const [row, label] = [Math.floor(i / sizes.labels), i % sizes.labels]
    let score = 0
    for (let k = 0; k < sizes.inputs; k++)
      score += x[row * sizes.inputs + k]! * weights[k * sizes.labels + label]!
    return score > 0 ? 1 : 0
  })
  const rowsOf = (all: ArrayLike<number>, width: number, rows: ArrayLike<number>): NDArray =>
    ndarray(
      Float32Array.from(
        { length: rows.length * width },
        (_, i) => all[rows[Math.floor(i / width)]! * width + (i % width)]!,
      ),
      [rows.length, width],
    )
  return {
    size: count,
    batch: (rows) => ({ x: rowsOf(x, sizes.inputs, rows), y: rowsOf(y, sizes.labels, rows) }),
  }
}

/** Trains two epochs of each phase, and gives the losses, the parameters and what they predict. */
async function train(
  engine: Engine,
  family: Family<'multilabel'>,
  settings: object,
): Promise<number[][]> {
  useEngine(engine)
  const configuration = family.settings.parse({
    hidden: [7],
    activation: 'softplus',
    classifierEpochs: 2,
    ...settings,
  }) as never
  const losses: number[] = []
  const data = examples(20)
  const { state } = await fit(family.learner(configuration, sizes), data as Dataset<never>, {
    // The last batch is smaller.
    batchSize: 8,
    seed: 3,
    onProgress(progress) {
      if (progress.kind === 'step') losses.push(progress.loss)
    },
  })
  const { leaves } = flatten(state, isNDArray, () => {
    throw new TypeError('no array')
  })
  const solve = jit((p: never, x: Tensor) => ({ ...family.solve(configuration, sizes)(p, x) }))
  const { y, energy } = await solve(state as never, data.batch([0, 3, 5, 6, 9]).x)
  return [losses, leaves.flatMap(({ data: d }) => [...d]), [...y.data], [...energy.data]]
}

let before: Engine
beforeAll(async () => {
  before = await currentEngine()
})
afterAll(() => useEngine(before))

const spen = { energyEpochs: 2, jointEpochs: 2, measurements: 3, inferenceSteps: 4 }
const cases: readonly (readonly [string, Family<'multilabel'>, object])[] = [
  ['mlp', mlpFamily, {}],
  ['spen by structured hinge', spenFamily, spen],
  ['spen end to end', spenFamily, { ...spen, learning: 'end-to-end' }],
  ['spen with pairs', spenFamily, { ...spen, labelEnergy: 'pairwise' }],
]

describe.each(cases)('a whole training run of %s', (_, family, settings) => {
  let expected: number[][]
  beforeAll(async () => {
    expected = await train(await eagerEngine({ backend: 'cpu' }), family, settings)
  })

  it.each([1, 2, 3])(
    'on %i threads is that of an eager engine, and repeats bit by bit',
    async (threads) => {
      const engine = await onnxEngine({ threads })
      const got = await train(engine, family, settings)
      for (const [i, numbers] of got.entries())
        expect(largestDifference(numbers, expected[i]!)).toBeLessThan(1e-5)
      expect(await train(engine, family, settings)).toEqual(got)
      expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
      await engine.close()
      const other = await onnxEngine({ threads })
      expect(await train(other, family, settings)).toEqual(got)
      await other.close()
    },
  )
})

it('one step is compiled for batches of any size', async () => {
  const engine = await onnxEngine({ threads: 2 })
  await train(engine, spenFamily, spen)
  const updates = engine.report().graphs.filter(({ name }) => name.startsWith('spen/'))
  expect(updates.map(({ shapes }) => shapes.flat().includes('batch'))).toEqual([true, true, true])
  await engine.close()
})

it('trainings in one process do not notice each other', async () => {
  const engine = await onnxEngine({ threads: 2 })
  const alone: number[][][] = []
  for (const [, family, settings] of cases) alone.push(await train(engine, family, settings))
  const together = await Promise.all(
    cases.map(([, family, settings]) => train(engine, family, settings)),
  )
  expect(together).toEqual(alone)
  expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
  await engine.close()
})

it('training that is told to stop ends after the batch under way', async () => {
  const engine = await onnxEngine({ threads: 2 })
  useEngine(engine)
  const configuration = mlpFamily.settings.parse({ hidden: [7], classifierEpochs: 100 }) as never
  const learner = mlpFamily.learner(configuration, sizes)
  const run = async (stopAt: number) => {
    const stop = new AbortController()
    let steps = 0
    const { state, status, history } = await fit(learner, examples(20) as Dataset<never>, {
      batchSize: 8,
      signal: stop.signal,
      onProgress({ kind }) {
        if (kind === 'step' && ++steps === stopAt) stop.abort()
      },
    })
    return { state, status, steps, epochs: history.length }
  }
  // Three batches are an epoch.
  const stopped = await run(8)
  expect(stopped).toMatchObject({ status: 'interrupted', steps: 8, epochs: 2 })
  // The state is that of the last complete epoch, and nothing of what was begun stays.
  expect(stopped.state).toEqual((await run(6)).state)
  expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
  await engine.close()
})

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
}
