// What does a network that does the inference gain, and what does it cost? The classifier, SPEN with its search, and the inference network
// with and without a label energy, on the compiled engine. Usage:
//
//   node benchmarks/dist/inference-network.js [--set NAME …] [--model NAME …] [--seeds N] [--threads N] [--data-dir DIR]
//
// Results are kept in benchmarks/results/inference-network.json; what is there is not run again.
import { syntheticMultilabel } from '@deepstruct/datasets'
import { loadBibtex, loadDelicious, type TrainAndTest } from '@deepstruct/datasets/node'
import { mlpFamily } from '@deepstruct/feedforward'
import { infnetFamily } from '@deepstruct/infnet'
import { onnxEngine } from '@deepstruct/onnx'
import { spenFamily } from '@deepstruct/spen'
import { dispose, jit, put, random, type Tensor, useEngine } from '@deepstruct/tensor'
import type { Family } from '@deepstruct/training'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { type Result, run } from './protocol.ts'
import { resultsFile } from './results-file.ts'
import { spread } from './spread.ts'
import { tellEpochs } from './tell-epochs.ts'

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    model: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    'data-dir': { type: 'string' },
  },
})
const dataDir = values['data-dir']
const place = dataDir === undefined ? {} : { dataDir }

interface Study {
  /** The data of a seed: planted data are drawn anew. */
  load(seed: number): TrainAndTest | Promise<TrainAndTest>
  /** Settings of all models. */
  readonly shared: object
  /** Settings of those with an energy. */
  readonly energy: object
  /** Settings of the search. */
  readonly search: object
  /** Settings of the inference network. */
  readonly network: object
}

interface Model {
  readonly family: Family<'multilabel'>
  settings(study: Study): object
}

const defaults = { shared: {}, energy: {}, search: {}, network: {} }
const studies: Readonly<Record<string, Study>> = {
  bibtex: { load: () => loadBibtex(place), ...defaults },
  delicious: { load: () => loadDelicious(place), ...defaults },
  // Planted dependence is pairwise, the classes of inputs are few: a small network that may move far.
  synthetic: {
    load: (seed) => syntheticMultilabel({ seed, examples: 4000, testExamples: 2000 }),
    shared: { hidden: [64], dropoutInput: 0, dropoutHidden: 0.2, classifierEpochs: 30 },
    energy: { labelEnergy: 'pairwise', energyRate: 0.01 },
    search: { jointRate: 0.001, inferenceSteps: 20, inferenceRate: 0.1 },
    network: {
      networkRate: 0.002,
      pull: 0,
      crossEntropy: 0.5,
      gameEpochs: 30,
      patience: 30,
      tuningRate: 0.001,
      refineRate: 0.03,
    },
  },
}

const infnet = (own: object = {}): Model => ({
  family: infnetFamily,
  settings: ({ shared, energy, network }) => ({ ...shared, ...energy, ...network, ...own }),
})
const models: Readonly<Record<string, Model>> = {
  mlp: { family: mlpFamily, settings: ({ shared }) => shared },
  spen: {
    family: spenFamily,
    settings: ({ shared, energy, search }) => ({ ...shared, ...energy, ...search }),
  },
  infnet: infnet(),
  'infnet without label energy': infnet({ labelEnergy: 'none' }),
  'infnet, 10 steps from its output': infnet({ refineSteps: 10 }),
  'infnet, compound': infnet({ learning: 'compound' }),
}

useEngine(await onnxEngine({ threads: Number(values.threads) }))
const file = resultsFile<Result>(new URL('../results/inference-network.json', import.meta.url))
const rows: string[][] = []
for (const name of values.set ?? ['bibtex', 'synthetic']) {
  const study = chosen(studies, '--set', name)
  const names = values.model ?? Object.keys(models)
  const rates = await speeds(study, names)
  for (const model of names) {
    const { family, settings: settingsOf } = chosen(models, '--model', model)
    const settings = settingsOf(study)
    const results: Result[] = []
    for (let seed = 0; seed < Number(values.seeds); seed++) {
      const key = `${name}, seed ${seed}, ${model}, ${JSON.stringify(settings)}`
      const onEpoch = tellEpochs(key, (dev) => dev?.score)
      results.push(
        await file.once(key, async () =>
          run({ family, settings, ...(await study.load(seed)), seed, onEpoch }),
        ),
      )
    }
    const of = (figure: (result: Result) => number): string => spread(results.map(figure))
    rows.push([
      name,
      model,
      values.seeds,
      of(({ f1AtHalf }) => f1AtHalf),
      of(({ f1AtThreshold }) => f1AtThreshold),
      of(({ seconds }) => seconds),
      ((rates[model] ?? NaN) / 1000).toFixed(0),
    ])
  }
}

const head = ['set', 'model', 'seeds', 'F1 @0.5', 'F1 @dev', 'seconds', '1,000 examples/s']
console.log(markdownTable(head, rows))

/**
 * Predictions a second of each model at batches of 256, the median of rounds in which the models take turns. Parameters just drawn take as
 * long as trained ones.
 */
async function speeds(
  study: Study,
  names: readonly string[],
): Promise<Readonly<Record<string, number>>> {
  const { train, test } = await study.load(0)
  const sizes = { inputs: train.featureNames.length, labels: train.labelNames.length }
  const { x } = test.batch(Int32Array.from({ length: 256 }, (_, row) => row))
  const contenders = await Promise.all(
    names.map(async (name) => {
      const { family, settings: settingsOf } = chosen(models, '--model', name)
      const settings = family.settings.parse(settingsOf(study)) as never
      const solve = family.solve(settings, sizes)
      const params = await put<object>(family.learner(settings, sizes).init(train, random(0)))
      const predict = jit((at: object, inputs: Tensor) => ({ y: solve(at as never, inputs).y }), {
        split: [1],
        name: 'predict',
      })
      return { name, params, times: [] as number[], predict: () => predict(params, x) }
    }),
  )
  for (let round = 0; round < 60; round++)
    for (const { times, predict } of contenders) {
      await predict()
      const began = performance.now()
      for (let call = 0; call < 5; call++) await predict()
      // The first rounds find out how to run.
      if (round >= 10) times.push((performance.now() - began) / 5)
    }
  for (const { params } of contenders) dispose(params)
  return Object.fromEntries(
    contenders.map(({ name, times }) => {
      const median = times.toSorted((a, b) => a - b)[times.length / 2] as number
      return [name, (1000 * x.shape[0]!) / median]
    }),
  )
}
