import { box, type Predictor, predictor, projectedGradient } from '@deepstruct/inference'
import { mlpFamily } from '@deepstruct/feedforward'
import { spenFamily } from '@deepstruct/spen'
import {
  add,
  array,
  cast,
  check,
  DomainError,
  eagerEngine,
  EngineError,
  fill,
  filled,
  greater,
  matMul,
  mul,
  type NDArray,
  ndarray,
  neg,
  put,
  random,
  ShapeError,
  sigmoid,
  square,
  sub,
  sum,
  type Tensor,
  UnsupportedOpError,
  useEngine,
} from '@deepstruct/tensor'
import type { Family, Parameters } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node'
import { type ExportOptions, onnxModelOf } from './onnx-model-of.ts'

const sizes = { inputs: 7, labels: 5 }
const described = { shape: [1, sizes.inputs] }

beforeAll(async () => {
  useEngine(await eagerEngine({ backend: 'cpu' }))
})

/** An untrained model of a family. */
function untrained(family: Family<'multilabel'>, settings: object): Predictor<Parameters, Tensor> {
  const configuration = family.settings.parse({ hidden: [6], ...settings }) as never
  return predictor({
    solve: family.solve(configuration, sizes),
    params: family.learner(configuration, sizes).init(undefined as never, random(3)),
    labels: ['a', 'b', 'c', 'd', 'e'],
    threshold: 0.4,
  })
}

/** One of each kind: no steps, steps written out, steps in a loop. */
const models: readonly (readonly [string, Predictor<Parameters, Tensor>])[] = [
  ['mlp', untrained(mlpFamily, {})],
  ['spen', untrained(spenFamily, { inferenceSteps: 4, labelEnergy: 'pairwise' })],
  ['spen end to end', untrained(spenFamily, { inferenceSteps: 6, learning: 'end-to-end' })],
  ['spen of many steps', untrained(spenFamily, { inferenceSteps: 300, activation: 'softplus' })],
]

/** Runs a file. */
async function run(
  bytes: Uint8Array,
  feeds: Readonly<Record<string, NDArray>>,
): Promise<Readonly<Record<string, OrtTensor>>> {
  const session = await InferenceSession.create(bytes)
  return session.run(
    Object.fromEntries(
      Object.entries(feeds).map(([name, { dtype, data, shape }]) => [
        name,
        new OrtTensor(dtype, data as never, shape),
      ]),
    ),
  )
}

/** Compares what a file computes with what its predictor predicts. */
async function expectSame<P, X>(
  bytes: Uint8Array,
  model: Predictor<P, X>,
  x: NDArray,
): Promise<void> {
  const found = await run(bytes, { x })
  const { y, energy, steps, status } = await model.predict(x as never)
  expect(found['y']!.dims).toEqual(y.shape)
  expect(found['energy']!.dims).toEqual(energy.shape)
  expectNear(found['y']!.data, y.data)
  expectNear(found['energy']!.data, energy.data)
  expect([...(found['steps']!.data as Int32Array)]).toEqual([...steps.data])
  const statuses = ['converged', 'step limit', 'diverged']
  expect([...(found['status']!.data as Int32Array)].map((code) => statuses[code])).toEqual(status)
}

function expectNear(found: OrtTensor['data'], expected: ArrayLike<number>): void {
  const worst = Array.from(expected, (value, i) =>
    Math.abs(value - (found as Float32Array)[i]!),
  ).reduce((a, b) => Math.max(a, b), 0)
  expect(worst).toBeLessThan(1e-5)
}

/** A predictor of a single matrix product, for what is to be tried beside the models. */
function linear(
  y: (x: Tensor, weights: Tensor) => Tensor = (x, weights) => matMul(x, weights),
): Predictor<Tensor, Tensor> {
  return predictor({
    params: random(5).normals([sizes.inputs, sizes.labels]),
    solve: (weights: Tensor, x: Tensor) => solutionOf(y(x, weights), x),
  })
}

function solutionOf(y: Tensor, x: Tensor) {
  const none = fill(x.shape.slice(0, 1), 0, 'int32')
  return { y, energy: neg(sum(y, 1)), steps: none, status: none }
}

describe.each(models)('a file of %s', (_, model) => {
  it('computes what predict does, for any number of rows', async () => {
    const bytes = await onnxModelOf(model, { x: described })
    for (const rows of [1, 3, 17])
      await expectSame(bytes, model, random(rows).normals([rows, sizes.inputs]))
  })

  it('computes what predict does, for a fixed number of rows', async () => {
    for (const batch of [1, 4])
      await expectSame(
        await onnxModelOf(model, { x: described, batch }),
        model,
        random(batch).normals([batch, sizes.inputs]),
      )
  })
})

describe('the face of a file', () => {
  it('has names, symbolic rows and fixed other extents', async () => {
    const decode = (y: Tensor): Tensor => greater(y, 0.4)
    const bytes = await onnxModelOf(models[1]![1], { x: described, decode })
    const session = await InferenceSession.create(bytes)
    const faceOf = (values: readonly InferenceSession.ValueMetadata[]): unknown[] =>
      values.map((value) => (value.isTensor ? [value.name, value.type, value.shape] : []))
    expect(faceOf(session.inputMetadata)).toEqual([['x', 'float32', ['batch', 7]]])
    expect(faceOf(session.outputMetadata)).toEqual([
      ['y', 'float32', ['batch', 5]],
      ['energy', 'float32', ['batch']],
      ['steps', 'int32', ['batch']],
      ['status', 'int32', ['batch']],
      ['labels', 'bool', ['batch', 5]],
    ])
    const fixed = await InferenceSession.create(
      await onnxModelOf(models[1]![1], { x: described, batch: 2 }),
    )
    expect(faceOf(fixed.inputMetadata)).toEqual([['x', 'float32', [2, 7]]])
    expect(faceOf(fixed.outputMetadata)[0]).toEqual(['y', 'float32', [2, 5]])
  })

  it('decodes', async () => {
    const model = linear()
    const decode = (y: Tensor): Tensor => cast(greater(y, model.threshold), 'int32')
    const x = random(1).normals([3, sizes.inputs])
    const { labels } = await run(await onnxModelOf(model, { x, decode }), { x })
    expect([...(labels!.data as Int32Array)]).toEqual([
      ...model.decode((await model.predict(x)).y).data,
    ])
  })

  it('names the leaves of a tree of inputs, and shares the rows among them', async () => {
    const model = predictor({
      params: { scale: array([2]) },
      solve: (
        { scale }: { scale: Tensor },
        { v0, image }: { v0: Tensor; image: { pixels: Tensor; mask: Tensor }; offset: Tensor },
      ) => solutionOf(add(mul(mul(image.pixels, cast(image.mask, 'float32')), scale), v0), v0),
    })
    const mask = ndarray(Int32Array.of(1, 0, 1, 1, 0, 1), [2, 3])
    const x = {
      v0: array([[1], [2]]),
      image: { pixels: filled([2, 3], 3), mask },
      offset: ndarray(Float32Array.of(1), []),
    }
    const bytes = await onnxModelOf(model, { x })
    const { inputMetadata } = await InferenceSession.create(bytes)
    expect(inputMetadata.map((value) => value.isTensor && [value.name, value.shape])).toEqual([
      ['image.mask', ['batch', 3]],
      ['image.pixels', ['batch', 3]],
      ['offset', []],
      ['v0', ['batch', 1]],
    ])
    const { y } = await run(bytes, {
      'image.mask': mask,
      'image.pixels': x.image.pixels,
      offset: x.offset,
      v0: x.v0,
    })
    expect([...(y!.data as Float32Array)]).toEqual([7, 1, 7, 8, 2, 8])
  })

  it('hands out inputs, constants and one array twice', async () => {
    const model = predictor({
      params: {},
      solve: (_: object, x: Tensor) => ({ ...solutionOf(x, x), trace: x }),
    })
    const x = array([[1, 2]])
    for (const options of [{ x }, { x, batch: 1 }]) {
      const found = await run(await onnxModelOf(model, options), { x })
      expect([...(found['y']!.data as Float32Array)]).toEqual([1, 2])
      expect([...(found['trace']!.data as Float32Array)]).toEqual([1, 2])
      expect([...(found['status']!.data as Int32Array)]).toEqual([0])
    }
  })

  it('takes parameters that are on an engine', async () => {
    const model = linear()
    const held = await put<Tensor>(model.params as NDArray)
    const bytes = await onnxModelOf({ ...model, params: held }, { x: described })
    expect(bytes).toEqual(await onnxModelOf(model, { x: described }))
  })

  it('says whether checks hold', async () => {
    const bounded = (x: Tensor, weights: Tensor): Tensor => {
      const error = () =>
        new DomainError({ function: 'f', argument: 'x', got: 'out of range', expected: '[0, 9]' })
      check(greater(x, 0), error)
      check(greater(9, x), error)
      return matMul(x, weights)
    }
    const bytes = await onnxModelOf(linear(bounded), { x: described })
    for (const [value, valid] of [
      [1, 1],
      [-1, 0],
      [10, 0],
    ] as const) {
      const found = await run(bytes, { x: filled([2, sizes.inputs], value) })
      expect(Number(found['valid']!.data[0])).toBe(valid)
      expect(found['valid']!.dims).toEqual([])
    }
  })
})

describe('steps of inference', () => {
  /** Steps down a quadratic energy. */
  const model = (steps: number): Predictor<Tensor, Tensor> => {
    const minimizer = projectedGradient({ steps, stepSize: 0.01 })
    return predictor({
      params: random(1).normals([sizes.inputs, sizes.labels]),
      solve: (weights: Tensor, x: Tensor) => {
        const target = sigmoid(matMul(x, weights))
        const domain = box([sizes.labels])
        const energy = (y: Tensor): Tensor => sum(square(sub(y, target)), 1)
        return minimizer({ energy, domain, start: domain.start(x.shape[0] ?? 0) })
      },
    })
  }

  it('do not lengthen a file when they are many', async () => {
    const long = await onnxModelOf(model(2000), { x: described })
    expect(long.length).toBeLessThan(10_000)
    await expectSame(long, model(2000), random(2).normals([3, sizes.inputs]))
  })
})

describe('refusals', () => {
  const refused = async (
    model: Predictor<Tensor, Tensor>,
    options: Partial<ExportOptions<Tensor>>,
  ): Promise<unknown> =>
    onnxModelOf(model, options as ExportOptions<Tensor>).catch((error: unknown) => error)

  it('of a batch that is no positive whole number', async () => {
    for (const batch of [0, -1, 2.5, NaN]) {
      const error = await refused(linear(), { x: described, batch })
      expect(error).toBeInstanceOf(DomainError)
      expect(String(error)).toContain(`batch is ${batch}`)
    }
  })

  it('of inputs that are not described', async () => {
    for (const [x, message] of [
      [undefined, 'x is missing, expected an example of the inputs'],
      [{ image: 3 }, 'x.image is number'],
      [{ shape: [-1, 2] }, 'x.shape[0] is number'],
      [{ shape: [] }, 'x is without rows'],
    ] as const) {
      const error = await refused(linear(), { x: x as never })
      expect(error).toBeInstanceOf(ShapeError)
      expect(String(error)).toContain(message)
    }
  })

  it('of inputs that the model does not take', async () => {
    const error = await refused(linear(), { x: { shape: [1, 3] } })
    expect(String(error)).not.toContain('batch')
    expect(error).toBeInstanceOf(Error)
  })

  it('of a batch left open where rows matter, which a fixed one mends', async () => {
    const model = linear((x, weights) => {
      let y = matMul(x, weights)
      for (let row = 0; row < (x.shape[0] ?? 0); row++) y = add(y, sigmoid(y))
      return y
    })
    const error = await refused(model, { x: described })
    expect(error).toBeInstanceOf(DomainError)
    expect(String(error)).toContain('batch is left open, expected a number of rows')
    const only = linear((x, weights) => {
      if (x.shape[0] !== 2) throw new RangeError('two rows only')
      return matMul(x, weights)
    })
    const example = { shape: [2, sizes.inputs] }
    expect(String(await refused(only, { x: example }))).toContain('batch is left open')
    const bytes = await onnxModelOf(only, { x: example, batch: 2 })
    await expectSame(bytes, only, random(1).normals([2, sizes.inputs]))
  })

  it('of a solve that is not traceable', async () => {
    const reading = linear((x) => fill([x.dataSync()[0]! > 0 ? 1 : 2], 0))
    expect(await refused(reading, { x: described })).toBeInstanceOf(EngineError)
    const broken = linear(() => {
      throw new TypeError('no such thing')
    })
    for (const batch of [{}, { batch: 2 }]) {
      const error = await refused(broken, { x: described, ...batch })
      expect(error).toBeInstanceOf(UnsupportedOpError)
      expect(String(error)).toContain('solve is not traceable')
      expect(String(error)).toContain('no such thing')
    }
  })

  it('of an input named like an output', async () => {
    const model = predictor({
      params: {},
      solve: (_: object, { energy }: { energy: Tensor }) => solutionOf(energy, energy),
    })
    await expect(onnxModelOf(model, { x: { energy: described } })).rejects.toThrow(
      'x is with an input named energy, expected other names than y, energy, steps, status',
    )
  })

  it('of more parameters than a file can hold', async () => {
    const params = { shape: [2 ** 29], dtype: 'float32' as const, data: new Float32Array(2 ** 29) }
    const error = await refused({ ...linear(), params }, { x: described })
    expect(error).toBeInstanceOf(EngineError)
    expect(String(error)).toContain('2147483648 bytes')
  })
})
