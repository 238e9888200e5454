// What do energies of neighboring tags gain over a tagger, by which inference, and what does it cost? On parts of speech of tweets and of the
// English Web Treebank, on the compiled engine. Usage:
//
//   node benchmarks/dist/tagging.js [--set NAME …] [--model NAME …] [--seed N …] [--speed] [--threads N] [--data-dir DIR]
//
// All models of a seed start from the same tagger. Epochs are chosen on the published dev part; the test part is read once, at the end. Results
// are kept in benchmarks/results/tagging.json, with seed and settings; what is there is not run again. The table is made of them.
import {
  fitVocabularies,
  taggedDataset,
  type TaggedDataset,
  type TaggedSentence,
  tagNamesOf,
  vocabularySizes,
} from '@deepstruct/datasets'
import { loadEnglishWebTreebank, loadTwitterPos, type TaggedSplit } from '@deepstruct/datasets/node'
import { energyOverTagger, taggerFamily } from '@deepstruct/feedforward'
import { energySolver, mirrorDescent } from '@deepstruct/inference'
import { infnetTaggingFamily } from '@deepstruct/infnet'
import { onnxEngine } from '@deepstruct/onnx'
import { spenTaggingFamily } from '@deepstruct/spen'
import { type Host, random, useEngine } from '@deepstruct/tensor'
import {
  type Family,
  fit,
  type JsonObject,
  type Labeled,
  type Learner,
  type Parameters,
  type TagSizes,
} from '@deepstruct/training'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { resultsFile } from './results-file.ts'
import { spread } from './spread.ts'
import { accuracies, byNetwork, byViterbi, rates, type TagInference } from './tag-inferences.ts'
import { tellEpochs } from './tell-epochs.ts'

/** A training run of the study, as it is kept. */
export interface TrainedTagger {
  readonly set: string
  readonly model: string
  readonly seed: number
  readonly settings: object
  readonly engine: string
  /** How many sentences it was trained on. */
  readonly trainingSentences: number
  /** The best share of right tokens on the dev part, in percent. */
  readonly dev: number
  /** How training ended. */
  readonly status: string
  /** Seconds of training, that of the shared tagger excluded. */
  readonly seconds: number
  /** The share of test tokens that each inference tagged right, in percent. */
  readonly test: Readonly<Record<string, number>>
}

/** How fast the inferences of a model are, as it is kept. */
export interface TaggingSpeed {
  readonly set: string
  readonly model: string
  readonly engine: string
  /** Sentences that each inference tags in a second, in batches of 64. */
  readonly sentencesPerSecond: Readonly<Record<string, number>>
}

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    model: { type: 'string', multiple: true },
    seed: { type: 'string', multiple: true },
    speed: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
    'data-dir': { type: 'string' },
  },
})
const dataDir = values['data-dir']
const place = dataDir === undefined ? {} : { dataDir }

interface Study {
  load(): Promise<TaggedSplit>
  readonly seeds: readonly number[]
  /** Sentences that training is limited to, the first ones; default all. */
  readonly limit?: number
  /** Settings of the tagger, which all models have. */
  readonly tagger: JsonObject
}

const studies: Readonly<Record<string, Study>> = {
  'twitter-pos': { load: () => loadTwitterPos(place), seeds: [0, 1, 2], tagger: {} },
  'ud-english-ewt': {
    load: () => loadEnglishWebTreebank(place),
    seeds: [0],
    limit: 2000,
    tagger: { taggerEpochs: 12 },
  },
}

interface Model {
  readonly family: Family<'tagging'>
  readonly settings: JsonObject
}

const models: Readonly<Record<string, Model>> = {
  tagger: { family: taggerFamily, settings: {} },
  spen: { family: spenTaggingFamily, settings: {} },
  'spen without tag energy': { family: spenTaggingFamily, settings: { tagEnergy: 'none' } },
  infnet: { family: infnetTaggingFamily, settings: {} },
  'infnet without tag energy': { family: infnetTaggingFamily, settings: { tagEnergy: 'none' } },
}

/** The data of a study as models take them. */
interface Problem {
  readonly train: TaggedDataset
  readonly dev: TaggedDataset
  readonly test: TaggedDataset
  readonly sizes: TagSizes
}

const engine = await onnxEngine({ threads: Number(values.threads) })
useEngine(engine)
const kept = resultsFile<TrainedTagger | TaggingSpeed>(
  new URL('../results/tagging.json', import.meta.url),
)
const rows: string[][] = []
const speeds: string[][] = []
for (const set of values.set ?? Object.keys(studies)) {
  const study = chosen(studies, '--set', set)
  const problem = await problemOf(study)
  const taggers = new Map<number, Promise<Run>>()
  for (const model of values.model ?? Object.keys(models)) {
    const results: TrainedTagger[] = []
    for (const seed of values.seed?.map(Number) ?? study.seeds)
      results.push(await trained(set, problem, taggers, model, seed))
    for (const inference of Object.keys(results[0]?.test ?? {}))
      rows.push([
        set,
        model,
        inference,
        String(results.length),
        spread(results.map(({ test }) => test[inference] as number)),
        spread(results.map(({ seconds }) => seconds)),
      ])
  }
  if (values.speed)
    for (const model of ['tagger', 'infnet'])
      for (const [inference, rate] of Object.entries(await speedsOf(set, problem, model)))
        speeds.push([set, model, inference, rate.toFixed(0)])
}
console.log(
  markdownTable(
    ['set', 'trained as', 'inference', 'seeds', 'test tokens right, %', 'seconds'],
    rows,
  ),
)
if (speeds.length > 0)
  console.log(`\n${markdownTable(['set', 'trained as', 'inference', 'sentences/s'], speeds)}`)

async function problemOf({ load, limit }: Study): Promise<Problem> {
  const { train: all, dev, test } = await load()
  const train: readonly TaggedSentence[] = all.slice(0, limit)
  const vocabularies = fitVocabularies(train)
  const tagNames = tagNamesOf([...all, ...dev, ...test])
  const dataset = (sentences: readonly TaggedSentence[]): TaggedDataset =>
    taggedDataset({ sentences, vocabularies, tagNames })
  return {
    train: dataset(train),
    dev: dataset(dev),
    test: dataset(test),
    sizes: { columns: vocabularySizes(vocabularies), tags: tagNames.length },
  }
}

async function trained(
  set: string,
  problem: Problem,
  taggers: Map<number, Promise<Run>>,
  name: string,
  seed: number,
): Promise<TrainedTagger> {
  const { family, settings: own } = chosen(models, '--model', name)
  const { tagger } = chosen(studies, '--set', set)
  const chosenSettings = { ...tagger, ...own }
  const key = `${set}, seed ${seed}, ${name}, ${JSON.stringify(chosenSettings)}`
  const result = await kept.once(key, async () => {
    const settings = family.settings.parse(chosenSettings) as JsonObject
    const start = taggers.get(seed) ?? sharedTagger(problem, tagger, seed)
    taggers.set(seed, start)
    const { state, dev, status, seconds } =
      family === taggerFamily ? await start : await trainedFrom(await start)
    return {
      set,
      model: name,
      seed,
      settings,
      engine: engine.name,
      trainingSentences: problem.train.size,
      dev,
      status,
      seconds,
      test: await accuracies(inferencesOf(family, settings, problem.sizes), state, problem.test),
    }

    async function trainedFrom({ state: parts }: Run): Promise<Run> {
      const learner = family.learner(settings, problem.sizes)
      return timed(
        {
          ...learner,
          init: (data, draw) => ({ ...learner.init(data, draw), ...parts }),
          // The first one is the tagger's, which has been trained.
          phases: learner.phases.slice(1),
        },
        problem,
        seed,
        key,
      )
    }
  })
  return result as TrainedTagger
}

/** The kept speeds of a model, measured where they are missing. Parameters just drawn take as long as trained ones. */
async function speedsOf(
  set: string,
  { train, test, sizes }: Problem,
  name: string,
): Promise<Readonly<Record<string, number>>> {
  const { family, settings: own } = chosen(models, '--model', name)
  const settings = family.settings.parse({ ...chosen(studies, '--set', set).tagger, ...own })
  const result = await kept.once(`speed on ${set}, ${name}, ${engine.name}`, async () => {
    const state = family.learner(settings as JsonObject, sizes).init(train, random(0))
    const inferences = inferencesOf(family, settings as JsonObject, sizes)
    return {
      set,
      model: name,
      engine: engine.name,
      sentencesPerSecond: await rates(inferences, state, test),
    }
  })
  return (result as TaggingSpeed).sentencesPerSecond
}

/** What a training has come to. */
interface Run {
  readonly state: Host<Parameters>
  readonly dev: number
  readonly status: string
  readonly seconds: number
}

function sharedTagger(problem: Problem, tagger: JsonObject, seed: number): Promise<Run> {
  const settings = taggerFamily.settings.parse(tagger) as JsonObject
  return timed(taggerFamily.learner(settings, problem.sizes), problem, seed, `tagger, seed ${seed}`)
}

async function timed(
  learner: Learner<Parameters, Labeled>,
  { train, dev }: Problem,
  seed: number,
  key: string,
): Promise<Run> {
  const began = performance.now()
  const tell = tellEpochs(key, (score) => score?.score)
  const { state, status, history } = await fit(learner, train, {
    dev,
    seed,
    onProgress(progress) {
      if (progress.kind === 'epoch') tell(progress)
    },
  })
  const best = history.findLast((record) => record.best)?.dev?.score ?? Number.NaN
  return { state, dev: 100 * best, status, seconds: (performance.now() - began) / 1000 }
}

/** The ways in which the energy or the network of a family can be asked. */
function inferencesOf(
  family: Family<'tagging'>,
  settings: JsonObject,
  sizes: TagSizes,
): Readonly<Record<string, TagInference>> {
  const own = byNetwork(family.solve(settings, sizes))
  if (family === taggerFamily) return { network: own }
  const energy = energyOverTagger(settings as never, sizes)
  const exact = byViterbi(energy)
  const spen = spenTaggingFamily.settings.parse({}) as JsonObject
  return family === spenTaggingFamily
    ? { 'mirror descent, 20 steps': own, Viterbi: exact }
    : {
        network: own,
        'mirror descent, 20 steps': byNetwork(
          energySolver(
            energy,
            mirrorDescent({
              steps: spen['inferenceSteps'] as number,
              stepSize: spen['inferenceRate'] as number,
            }),
          ) as never,
        ),
        Viterbi: exact,
      }
}
