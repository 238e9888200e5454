// What do deep value networks learn from, and how far do they get? Each kind of training sample beside the classifier of independent labels,
// on the compiled engine. Usage:
//
//   node benchmarks/dist/value-network.js [--set NAME …] [--model NAME …] [--seeds N] [--schedule short|full] [--threads N] [--data-dir DIR]
//
// Results are kept in benchmarks/results/value-network.json; what is there is not run again.
import {
  loadBibtex,
  loadDelicious,
  loadScene,
  loadYeast,
  type TrainAndTest,
} from '@deepstruct/datasets/node'
import { dvnFamily } from '@deepstruct/dvn'
import { mlpFamily } from '@deepstruct/feedforward'
import { onnxEngine } from '@deepstruct/onnx'
import { useEngine } from '@deepstruct/tensor'
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
    set: { type: 'string', multiple: true, default: ['bibtex'] },
    model: { type: 'string', multiple: true },
    seeds: { type: 'string', default: '1' },
    schedule: { type: 'string', default: 'short' },
    threads: { type: 'string', default: '2' },
    'data-dir': { type: 'string' },
  },
})
const dataDir = values['data-dir']
const place = dataDir === undefined ? {} : { dataDir }

const sets: Readonly<Record<string, () => Promise<TrainAndTest>>> = {
  bibtex: () => loadBibtex(place),
  delicious: () => loadDelicious(place),
  yeast: () => loadYeast(place),
  scene: () => loadScene(place),
}

/** Parts of each batch. */
interface Samples {
  readonly truthSamples?: number
  readonly inferenceSamples: number
  readonly ascentSamples: number
  readonly adversarialSamples?: number
}

const dvn = (samples: Samples) => ({
  family: dvnFamily,
  settings: { ...samples, schedule: values.schedule },
})

const models: Readonly<Record<string, { family: Family<'multilabel'>; settings: object }>> = {
  mlp: { family: mlpFamily, settings: {} },
  'dvn value ascent': dvn({ inferenceSamples: 1, ascentSamples: 1 }),
  'dvn inference': dvn({ inferenceSamples: 1, ascentSamples: 0 }),
  'dvn ground truth': dvn({ truthSamples: 1, inferenceSamples: 1, ascentSamples: 0 }),
  'dvn adversarial': dvn({ inferenceSamples: 1, ascentSamples: 0, adversarialSamples: 1 }),
}

useEngine(await onnxEngine({ threads: Number(values.threads) }))
const file = resultsFile<Result>(new URL('../results/value-network.json', import.meta.url))
const rows: string[][] = []
for (const name of values.set) {
  const { train, test } = await chosen(sets, '--set', name)()
  for (const model of values.model ?? Object.keys(models)) {
    const { family, settings } = chosen(models, '--model', model)
    const results: Result[] = []
    for (let seed = 0; seed < Number(values.seeds); seed++) {
      const key = `${name}, seed ${seed}, ${model}, ${JSON.stringify(settings)}`
      const onEpoch = tellEpochs(key, (dev) => dev?.['f1AtHalf'])
      results.push(
        await file.once(key, () => run({ family, settings, train, test, seed, onEpoch })),
      )
    }
    rows.push([
      name,
      model,
      values.schedule,
      values.seeds,
      spread(results.map(({ f1AtHalf }) => f1AtHalf)),
      spread(results.map(({ f1AtThreshold }) => f1AtThreshold)),
      spread(results.map(({ hammingLoss }) => hammingLoss)),
      spread(results.map(({ seconds }) => seconds)),
    ])
  }
}

const head = ['set', 'model', 'schedule', 'seeds', 'F1 @0.5', 'F1 @dev', 'Hamming', 'seconds']
console.log(markdownTable(head, rows))
