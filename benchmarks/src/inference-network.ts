// What does a network that does the inference gain, and what does it cost? The classifier, SPEN with its search, and the inference network
// with and without a label energy, on the compiled engine. Usage:
//
//   npm run bench:infnet -- [--set NAME …] [--model NAME …] [--seed N …] [--threads N] [--data-dir DIR]
//
// Results are kept in benchmarks/results/inference-network.json, with seed and settings; what is there is not run again. The table is
// made of them.
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

/** A run of the study, as it is kept. */
export interface TrainedNetwork extends Result {
  readonly kind: 'accuracy'
  readonly set: string
  readonly model: string
  readonly seed: number
  readonly settings: object
  readonly engine: string
}

/** Predictions a second, at batches of 256. */
export interface AnsweringSpeed {
  readonly kind: 'speed'
  readonly set: string
  readonly model: string
  readonly engine: string
  readonly examplesPerSecond: number
}

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    model: { type: 'string', multiple: true },
    seed: { type: 'string', multiple: true },
    threads: { type: 'string', default: '2' },
    'data-dir': { type: 'string' },
  },
})
const dataDir = values['data-dir']
const place = dataDir === undefined ? {} : { dataDir }

interface Study {
  /** The data of a seed: planted data are drawn anew. */
  load(seed: number): TrainAndTest | Promise<TrainAndTest>
  readonly seeds: readonly number[]
  readonly models: readonly string[]
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

const infnet = (own: object = {}): Model => ({
  family: infnetFamily,
  settings: ({ shared, energy, network }) => ({ ...shared, ...energy, ...network, ...own }),
})
const spen = (own: object = {}): Model => ({
  family: spenFamily,
  settings: ({ shared, energy, search }) => ({ ...shared, ...energy, ...search, ...own }),
})
const models: Readonly<Record<string, Model>> = {
  mlp: { family: mlpFamily, settings: ({ shared }) => shared },
  spen: spen(),
  infnet: infnet(),
  'infnet without label energy': infnet({ labelEnergy: 'none' }),
  'infnet, 10 steps from its output': infnet({ refineSteps: 10 }),
  'infnet, compound': infnet({ learning: 'compound' }),
}
const four = ['mlp', 'spen', 'infnet', 'infnet without label energy']

const studies: Readonly<Record<string, Study>> = {
  bibtex: {
    load: () => loadBibtex(place),
    seeds: [0, 1, 2],
    models: four,
    shared: {},
    energy: {},
    search: {},
    network: {},
  },
  delicious: {
    load: () => loadDelicious(place),
    seeds: [0],
    models: four,
    shared: { hidden: [250, 250] },
    energy: {},
    search: {},
    network: {},
  },
  // Planted dependence is pairwise, the classes of inputs are few: a small network that may move far.
  synthetic: {
    load: (seed) => syntheticMultilabel({ seed, examples: 4000, testExamples: 2000 }),
    seeds: [0, 1, 2],
    models: Object.keys(models),
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

/** Models whose speed is compared: those of the table, and the search of the published comparison. */
const contenders: Readonly<Record<string, Model>> = {
  mlp: models['mlp'] as Model,
  infnet: models['infnet'] as Model,
  spen: models['spen'] as Model,
  'spen, 30 steps': spen({ inferenceSteps: 30 }),
}

const engine = await onnxEngine({ threads: Number(values.threads) })
useEngine(engine)
const kept = resultsFile<TrainedNetwork | AnsweringSpeed>(
  new URL('../results/inference-network.json', import.meta.url),
)
const rows: string[][] = []
for (const set of values.set ?? Object.keys(studies)) {
  const study = chosen(studies, '--set', set)
  for (const model of values.model ?? study.models) {
    const results: Result[] = []
    for (const seed of values.seed?.map(Number) ?? study.seeds)
      results.push(await trained(set, study, model, seed))
    const of = (figure: (result: Result) => number): string => spread(results.map(figure))
    rows.push([
      set,
      model,
      String(results.length),
      of(({ f1AtHalf }) => f1AtHalf),
      of(({ f1AtThreshold }) => f1AtThreshold),
      of(({ seconds }) => seconds),
    ])
  }
}
console.log(markdownTable(['set', 'model', 'seeds', 'F1 @0.5', 'F1 @dev', 'seconds'], rows))

if (values.model === undefined) {
  const speeds: string[][] = []
  for (const set of values.set ?? Object.keys(studies))
    for (const { model, examplesPerSecond } of await speedsOn(set))
      speeds.push([set, model, (examplesPerSecond / 1000).toFixed(1)])
  console.log(`\n${markdownTable(['set', 'model', '1,000 examples/s'], speeds)}`)
}

async function trained(set: string, study: Study, model: string, seed: number): Promise<Result> {
  const { family, settings: settingsOf } = chosen(models, '--model', model)
  const settings = settingsOf(study)
  const key = `${set}, seed ${seed}, ${model}, ${JSON.stringify(settings)}`
  const result = await kept.once(key, async () => ({
    kind: 'accuracy',
    set,
    model,
    seed,
    settings: family.settings.parse(settings),
    engine: engine.name,
    ...(await run({
      family,
      settings,
      ...(await study.load(seed)),
      seed,
      onEpoch: tellEpochs(key, (dev) => dev?.score),
    })),
  }))
  return result as TrainedNetwork
}

/** The kept speeds of a set, measured together where one is missing. */
async function speedsOn(set: string): Promise<readonly AnsweringSpeed[]> {
  let measured: Promise<Readonly<Record<string, number>>> | undefined
  const speeds: AnsweringSpeed[] = []
  for (const model of Object.keys(contenders)) {
    const speed = await kept.once(`speed on ${set}, ${model}, ${engine.name}`, async () => {
      measured ??= rates(chosen(studies, '--set', set))
      const examplesPerSecond = (await measured)[model] as number
      return { kind: 'speed', set, model, engine: engine.name, examplesPerSecond }
    })
    speeds.push(speed as AnsweringSpeed)
  }
  return speeds
}

/**
 * Predictions a second of each contender at batches of 256, the median of rounds in which they take turns. Parameters just drawn take as
 * long as trained ones.
 */
async function rates(study: Study): Promise<Readonly<Record<string, number>>> {
  const { train, test } = await study.load(0)
  const sizes = { inputs: train.featureNames.length, labels: train.labelNames.length }
  const { x } = test.batch(Int32Array.from({ length: 256 }, (_, row) => row))
  const running = await Promise.all(
    Object.entries(contenders).map(async ([name, { family, settings: settingsOf }]) => {
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
    for (const { times, predict } of running) {
      await predict()
      const began = performance.now()
      for (let call = 0; call < 5; call++) await predict()
      // The first rounds find out how to run.
      if (round >= 10) times.push((performance.now() - began) / 5)
    }
  for (const { params } of running) dispose(params)
  return Object.fromEntries(
    running.map(({ name, times }) => {
      const median = times.toSorted((a, b) => a - b)[times.length / 2] as number
      return [name, (1000 * x.shape[0]!) / median]
    }),
  )
}
