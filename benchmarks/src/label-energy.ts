// Where does a label energy pay? SPEN beside the same protocol without its label energy, and beside the classifier it starts from, on
// every data set, on fractions of the training data, and on data with planted dependence. Usage:
//
//   node benchmarks/dist/label-energy.js [--set NAME …] [--seeds N] [--data-dir DIR]
//
// Results are kept in benchmarks/results/label-energy.json; what is there is not run again.
import { type MultilabelDataset, syntheticMultilabel } from '@deepstruct/datasets'
import {
  loadBibtex,
  loadEmotions,
  loadScene,
  loadYeast,
  type TrainAndTest,
} from '@deepstruct/datasets/node'
import { mlpFamily } from '@deepstruct/feedforward'
import { spenFamily } from '@deepstruct/spen'
import type { Family } from '@deepstruct/training'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { type Result, run } from './protocol.ts'
import { resultsFile } from './results-file.ts'
import { spread } from './spread.ts'

interface Model {
  readonly name: string
  readonly family: Family<'multilabel'>
  readonly settings: object
}

interface Study {
  /** The data of a seed: planted data are drawn anew. */
  load(seed: number): TrainAndTest | Promise<TrainAndTest>
  readonly seeds: number
  readonly fractions: readonly number[]
  readonly models: readonly Model[]
}

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    seeds: { type: 'string' },
    'data-dir': { type: 'string' },
  },
})
const dataDir = values['data-dir']
const place = dataDir === undefined ? {} : { dataDir }

/** The three models of every table, under one set of settings. */
const models = (shared: object = {}, energy: object = {}): readonly Model[] => [
  { name: 'mlp', family: mlpFamily, settings: shared },
  { name: 'spen', family: spenFamily, settings: { ...shared, ...energy } },
  {
    name: 'spen without label energy',
    family: spenFamily,
    settings: { ...shared, ...energy, labelEnergy: 'none' },
  },
]

// Planted dependence is pairwise, the classes of inputs are few: a small network, and inference that goes to the corners.
const planted = models(
  { hidden: [64], dropoutInput: 0, dropoutHidden: 0.2, classifierEpochs: 30 },
  {
    labelEnergy: 'pairwise',
    energyRate: 0.01,
    jointRate: 0.001,
    inferenceSteps: 20,
    inferenceRate: 0.1,
  },
)

const endToEnd: Model = {
  name: 'spen end to end',
  family: spenFamily,
  settings: { learning: 'end-to-end' },
}

const studies: Readonly<Record<string, Study>> = {
  synthetic: {
    load: (seed) => syntheticMultilabel({ seed, examples: 4000, testExamples: 2000 }),
    seeds: 5,
    fractions: [1],
    models: planted,
  },
  emotions: {
    load: () => loadEmotions(place),
    seeds: 3,
    fractions: [1, 0.2],
    models: [...models(), endToEnd],
  },
  yeast: {
    load: () => loadYeast(place),
    seeds: 3,
    fractions: [1, 0.2, 0.05],
    models: [...models(), endToEnd],
  },
  scene: { load: () => loadScene(place), seeds: 3, fractions: [1, 0.2, 0.05], models: models() },
  bibtex: { load: () => loadBibtex(place), seeds: 3, fractions: [1, 0.2, 0.05], models: models() },
}

const names = values.set ?? Object.keys(studies)
const file = resultsFile<Result>(new URL('../results/label-energy.json', import.meta.url))
const rows: string[][] = []
for (const name of names) {
  const study = chosen(studies, '--set', name)
  const seeds = values.seeds === undefined ? study.seeds : Number(values.seeds)
  const data = new Map<number, { train: MultilabelDataset; test: MultilabelDataset }>()
  for (const fraction of study.fractions)
    for (const model of study.models) {
      const results: Result[] = []
      for (let seed = 0; seed < seeds; seed++) {
        const key = `${name}, ${fraction}, seed ${seed}, ${model.name}, ${JSON.stringify(model.settings)}`
        results.push(
          await file.once(key, async () => {
            const { train, test } = data.get(seed) ?? (await study.load(seed))
            data.set(seed, { train, test })
            return run({ ...model, train, test, seed, fraction })
          }),
        )
        process.stderr.write(`${key}: ${results.at(-1)?.f1AtThreshold.toFixed(2)}\n`)
      }
      rows.push([
        name,
        `${100 * fraction} %`,
        model.name,
        String(seeds),
        spread(results.map(({ f1AtHalf }) => f1AtHalf)),
        spread(results.map(({ f1AtThreshold }) => f1AtThreshold)),
        spread(results.map(({ hammingLoss }) => hammingLoss)),
        spread(results.map(({ seconds }) => seconds)),
      ])
    }
}

const head = ['set', 'train', 'model', 'seeds', 'F1 @0.5', 'F1 @dev', 'Hamming', 'seconds']
console.log(markdownTable(head, rows))
