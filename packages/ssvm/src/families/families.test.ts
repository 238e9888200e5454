import {
  multilabelDataset,
  type MultilabelDataset,
  split,
  syntheticMultilabel,
} from '@deepstruct/datasets'
import { familyContract } from '@deepstruct/family-contract'
import { enumeration, maxProduct } from '@deepstruct/inference'
import {
  add,
  DomainError,
  eagerEngine,
  jit,
  matMul,
  ndarray,
  random,
  takeRows,
  type NDArray,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { fit } from '@deepstruct/training'
import { beforeAll, describe, expect, it } from 'vitest'
import { multiclassSvm } from '../svm/multiclass-svm.ts'
import { labelGraph } from '../labels/label-graph.ts'
import { hammingLabelLoss } from '../labels/label-loss.ts'
import { structuredSvm } from '../learners/structured-svm.ts'
import { inferredViolators } from '../loss-augmented/inferred-violators.ts'
import { crfFamily, crfLearner, crfSettings } from './crf-family.ts'
import { labelPairEnergy } from './label-pair-energy.ts'
import { ssvmFamily, ssvmLearner, type SsvmSettings, ssvmSettings } from './ssvm-family.ts'
import { type ClassHinge, svmFamily, svmSettings } from './svm-family.ts'

beforeAll(async () => useEngine(await eagerEngine()))

const [train, dev] = split(
  syntheticMultilabel({ seed: 2, examples: 80, testExamples: 1 }).train,
  0.25,
  random(2),
)
const sizes = { inputs: train.featureNames.length, labels: train.labelNames.length }

/** One class of three a row: which of three planes is highest, with some mistakes. */
function classes(examples: number): MultilabelDataset {
  const r = random(6)
  const [x, planes] = [r.normals([examples, 4]), r.normals([3, 4])]
  const y = new Float32Array(3 * examples)
  for (let i = 0; i < examples; i++) {
    const scores = [0, 1, 2].map((k) =>
      [0, 1, 2, 3].reduce((sum, j) => sum + x.data[4 * i + j]! * planes.data[4 * k + j]!, 0),
    )
    const best = r.uniform() < 0.1 ? r.integer(3) : scores.indexOf(Math.max(...scores))
    y[3 * i + best] = 1
  }
  return multilabelDataset({ features: x, labels: ndarray(y, [examples, 3]) })
}
const [single, singleDev] = split(classes(120), 0.25, random(1))
const classSizes = { inputs: 4, labels: 3 }

familyContract('ssvm', {
  family: ssvmFamily,
  settings: { passes: 3, tolerance: 1e-9 },
  sizes,
  train,
  dev,
})
familyContract('ssvm, gradient', {
  family: ssvmFamily,
  settings: { learning: 'gradient', passes: 2 },
  sizes,
  train,
  dev,
})
familyContract('crf', {
  family: crfFamily,
  settings: { crfEpochs: 2, hidden: [5] },
  sizes,
  train,
  dev,
})
familyContract('svm', {
  family: svmFamily,
  settings: { passes: 3, tolerance: 1e-9 },
  sizes: classSizes,
  train: single,
  dev: singleDev,
})

const whole = (data: MultilabelDataset): { x: NDArray; y: NDArray } =>
  data.batch(Int32Array.from({ length: data.size }, (_, i) => i))

describe('ssvm', () => {
  it.each(['frank-wolfe', 'cutting-planes', 'subgradient'] as const)(
    'fit stops at the gap, at the objective that the solver alone finds: %s',
    async (learning) => {
      const settings = ssvmSettings({ learning, passes: 3000, c: 0.05, tolerance: 2e-3 })
      const { state, history } = await fit(ssvmLearner(settings, sizes), train, {
        dev,
        batchSize: train.size,
      })
      const last = history.findLast(({ train: measured }) => 'gap' in measured)!.train
      expect(last['gap']).toBeLessThan(2e-3)
      const { x, y } = whole(train)
      const alone = await structuredSvm(
        {
          features: x,
          labels: y,
          edges: labelGraph('tree', y),
          inference: inferredViolators(maxProduct),
        },
        { C: 0.05, tolerance: 1e-3 },
      )
      expect(Math.abs(last['loss']! / alone.objective - 1)).toBeLessThan(3e-3)
      expect(Object.keys(state).toSorted()).toEqual(['bias', 'edges', 'pairs', 'weights'])
    },
    60_000,
  )

  it('trains on violators that a gradient finds, near the optimum', async () => {
    const settings = ssvmSettings({
      graph: 'full',
      violators: 'approximate',
      learning: 'cutting-planes',
      c: 0.05,
      tolerance: 0.01,
    })
    const { status, history } = await fit(ssvmLearner(settings, sizes), train, { batchSize: 1000 })
    expect(status).toBe('completed')
    const exact = await fit(ssvmLearner({ ...settings, violators: 'exact' }, sizes), train, {
      batchSize: 1000,
    })
    const last = (of: typeof history): number =>
      of.findLast(({ train: measured }) => 'gap' in measured)!.train['loss']!
    expect(last(history)).toBeLessThan(last(exact.history) * 1.02)
    expect(last(history)).toBeGreaterThan(last(exact.history) * 0.8)
  }, 60_000)

  it('the gradient-trained form comes near the optimum', async () => {
    const settings = ssvmSettings({ learning: 'gradient', passes: 150, c: 0.05, rate: 0.02 })
    const learner = ssvmLearner(settings, sizes)
    const { history } = await fit(learner, train, { batchSize: 16 })
    const first = history[0]!.train['loss']!
    expect(history.at(-1)!.train['loss']).toBeLessThan(first * 0.9)
  }, 60_000)

  it('predicts the best label sets of its energy', async () => {
    for (const graph of ['unary', 'tree', 'full'] as const) {
      const settings = ssvmSettings({ graph, passes: 5, c: 0.1 })
      const { state } = await fit(ssvmLearner(settings, sizes), train, { batchSize: 1000 })
      const model = labelPairEnergy<{
        weights: Tensor
        bias: Tensor
        pairs?: Tensor
        edges?: Tensor
      }>({
        labels: sizes.labels,
        init: () => {
          throw new Error('not here')
        },
        single: ({ weights, bias }, x) => add(matMul(x, weights), bias),
      })
      const { x } = dev.batch([0, 1, 2, 3, 4])
      const run = jit((params: never, inputs: Tensor) => ({
        y: ssvmFamily.solve(settings, sizes)(params, inputs).y,
        potentials: model.potentials!(params, model.encode(params, inputs)),
      }))
      const { y, potentials } = await run(state as never, x)
      const best = await enumeration()(potentials)
      for (let i = 0; i < y.data.length; i++)
        expect(y.data[i]! > 0.5).toBe(best.y.data[2 * i + 1] === 1)
    }
  }, 60_000)

  it.each<readonly [Partial<SsvmSettings>, number]>([
    [{ graph: 'full', loss: 'f1' }, 40],
    [{ graph: 'tree', rescaling: 'slack' }, 40],
    [{ violators: 'approximate', loss: 'f1' }, 4],
    [{ learning: 'gradient', loss: 'f1' }, 4],
  ])('refuses what no search serves: %o', (chosen, labels) => {
    const learner = (): unknown => ssvmLearner(ssvmSettings(chosen), { inputs: 3, labels })
    expect(learner).toThrow(DomainError)
  })
})

describe('crf', () => {
  it('without pairs is logistic regression: its loss is the cross-entropy', async () => {
    const settings = crfSettings({ graph: 'unary', crfEpochs: 1, rate: 1e-9, ridge: 0 })
    const learner = crfLearner(settings, sizes)
    const { state, history } = await fit(learner, train, { batchSize: train.size })
    const { x, y } = whole(train)
    const { logits } = await jit(
      (params: { output: { kernel: Tensor; bias: Tensor } }, inputs: Tensor) => ({
        logits: add(matMul(inputs, params.output.kernel), params.output.bias),
      }),
    )(state as never, x)
    let total = 0
    for (let i = 0; i < y.data.length; i++) {
      const s = logits.data[i]!
      total += Math.log1p(Math.exp(s)) - s * y.data[i]!
    }
    expect(history.at(-1)!.train['loss']).toBeCloseTo(total / train.size, 3)
  })

  it('the likelihood of a tree is that over all label sets', async () => {
    const losses: number[] = []
    for (const graph of ['tree', 'full'] as const) {
      const learner = crfLearner(crfSettings({ graph, crfEpochs: 40, rate: 0.05, ridge: 0 }), sizes)
      const { history } = await fit(learner, train, { batchSize: train.size })
      losses.push(history.at(-1)!.train['loss']!)
    }
    // More pairs fit better, and both better than none.
    const unary = crfLearner(
      crfSettings({ graph: 'unary', crfEpochs: 40, rate: 0.05, ridge: 0 }),
      sizes,
    )
    const { history } = await fit(unary, train, { batchSize: train.size })
    expect(losses[1]).toBeLessThan(losses[0]!)
    expect(losses[0]).toBeLessThan(history.at(-1)!.train['loss']!)
  }, 60_000)

  it('refuses the likelihood of a large full graph', () => {
    expect(() => crfLearner(crfSettings({ graph: 'full' }), { inputs: 3, labels: 20 })).toThrow(
      '2^20',
    )
  })
})

describe('svm', () => {
  it.each<ClassHinge>(['crammer-singer', 'weston-watkins', 'one-vs-rest'])(
    'fit stops at the gap: %s',
    async (hinge) => {
      const settings = svmSettings({ hinge, passes: 2000 })
      const { state, history } = await fit(svmFamily.learner(settings, classSizes), single, {
        dev: singleDev,
        batchSize: 1000,
      })
      const last = history.findLast(({ train: measured }) => 'gap' in measured)!
      expect(last.train['gap']).toBeLessThan(1e-3)
      expect(last.dev!.score).toBeGreaterThan(0.6)
      expect(Object.keys(state).toSorted()).toEqual(['bias', 'weights'])
      if (hinge === 'one-vs-rest') return
      const { x, y } = whole(single)
      const labels = Array.from({ length: single.size }, (_, i) =>
        y.data.subarray(3 * i, 3 * i + 3).indexOf(1),
      )
      const { objective } = multiclassSvm(x, labels, {
        loss: hinge,
        tolerance: 1e-4,
        maxIterations: 1e5,
      })
      expect(Math.abs(last.train['loss']! / objective - 1)).toBeLessThan(1.5e-3)
    },
    60_000,
  )

  it('is a head of a network', async () => {
    const settings = svmSettings({ learning: 'gradient', hidden: [8], passes: 30, rate: 0.02 })
    const { history } = await fit(svmFamily.learner(settings, classSizes), single, {
      dev: singleDev,
    })
    expect(Math.max(...history.map(({ dev: measured }) => measured!.score))).toBeGreaterThan(0.75)
  })

  it('refuses a class without an example, and layers where the dual is solved', async () => {
    const rows = Array.from({ length: single.size }, (_, i) => i).filter(
      (i) => takeRows(whole(single).y, i, i + 1).data[2] === 0,
    )
    const learner = svmFamily.learner(svmSettings(), classSizes)
    await expect(fit(learner, single.subset(rows), { batchSize: 1000 })).rejects.toThrow('class 2')
    expect(() => svmSettings({ hidden: [3] })).toThrow('hidden')
  })
})

it('Hamming by states and by counts is one loss', () => {
  const { costs, byCounts, of } = hammingLabelLoss()
  const truth = ndarray([1, 0, 1], [1, 3], 'float32')
  expect(of(truth.data, [0, 1, 1])).toBe(2)
  expect(byCounts!(1, 1, 2)).toBe(2)
  expect([...costs!(truth).data]).toEqual([1, 0, 0, 1, 1, 0])
})
