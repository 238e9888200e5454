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
async function train(engine: Engine, family: Family, settings: object): Promise<number[][]> {
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

describe('a whole training run', () => {
  let before: Engine
  let eager: Engine
  let compiled: Engine
  beforeAll(async () => {
    before = await currentEngine()
    eager = await eagerEngine({ backend: 'cpu' })
    compiled = await onnxEngine({ threads: 3 })
  })
  afterAll(() => useEngine(before))

  const spen = { energyEpochs: 2, jointEpochs: 2, measurements: 3, inferenceSteps: 4 }
  it.each([
    ['mlp', mlpFamily, {}],
    ['spen by structured hinge', spenFamily, spen],
    ['spen end to end', spenFamily, { ...spen, learning: 'end-to-end' }],
    ['spen with pairs', spenFamily, { ...spen, labelEnergy: 'pairwise' }],
  ])('of %s is the same as on an eager engine', async (_, family, settings) => {
    const expected = await train(eager, family, settings)
    const got = await train(compiled, family, settings)
    for (const [i, numbers] of got.entries())
      expect(largestDifference(numbers, expected[i]!)).toBeLessThan(1e-5)
  })

  it('compiles one step for batches of any size', async () => {
    const engine = await onnxEngine({ threads: 2 })
    await train(engine, spenFamily, spen)
    const updates = engine.report().graphs.filter(({ name }) => name.startsWith('spen/'))
    expect(updates.map(({ shapes }) => shapes.flat().includes('batch'))).toEqual([true, true, true])
    await engine.close()
  })

  it('repeats bit by bit', async () => {
    const first = await train(compiled, spenFamily, spen)
    expect(await train(compiled, spenFamily, spen)).toEqual(first)
  })
})

function largestDifference(a: readonly number[], b: readonly number[]): number {
  expect(a.length).toBe(b.length)
  return a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), 0)
}
