// Which model finds the horses? Models of masks beside each other on the Weizmann horses, 32 × 32 pixels, on the compiled engine. Usage:
//
//   node benchmarks/dist/segmentation.js [--model NAME …] [--settings JSON] [--seed N …] [--threads N] [--mirrored] [--data-dir DIR]
//
// The epoch is chosen on the 40 held-out images; the 128 test images are read once a run. All refinements of a seed start from one FCN, that
// of the row `fcn`. What is trained is kept beside the compiled program, by its settings: delete it there after a change of code. `--mirrored` averages the masks of each image and of its mirror image, for all
// models alike. Results are kept in benchmarks/results/segmentation.json; what is there is not run again. `--dev-only` leaves the test images
// alone and keeps nothing.
import { loadWeizmannHorses } from '@deepstruct/datasets/node'
import { dvnSegmentationFamily } from '@deepstruct/dvn'
import { fcnFamily } from '@deepstruct/feedforward'
import type { TracedSolution } from '@deepstruct/inference'
import { onnxEngine } from '@deepstruct/onnx'
import { add, type Host, mul, reverse, type Tensor, useEngine } from '@deepstruct/tensor'
import {
  decodeSafetensors,
  encodeSafetensors,
  evaluateMasks,
  type Family,
  fit,
  type Labeled,
  type Learner,
  type Metrics,
  type Parameters,
  parametersToTensors,
  tensorsToParameters,
} from '@deepstruct/training'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { resultsFile } from './results-file.ts'
import { spread } from './spread.ts'

/** What one run measured; shares in percent. */
interface Result {
  /** Mean IoU of the chosen state on the held-out images, solved as test images are. */
  readonly dev: number
  /** Mean IoU on test. */
  readonly meanIoU: number
  /** Global IoU on test. */
  readonly globalIoU: number
  /** Share of right pixels on test. */
  readonly pixelAccuracy: number
  /** Seconds of training; where an FCN is refined, with those of the FCN. */
  readonly seconds: number
}

/** A row of the table. */
interface Model {
  readonly family: Family<'segmentation'>
  readonly settings: object
  /** Whether it starts from the FCN of its seed. */
  readonly refines?: boolean
}

/** What training gives. */
interface Trained {
  readonly state: Host<Parameters>
  readonly seconds: number
}

type Solve = (state: Parameters, x: Tensor) => TracedSolution

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    settings: { type: 'string', default: '{}' },
    seed: { type: 'string', multiple: true, default: ['0'] },
    threads: { type: 'string', default: '2' },
    mirrored: { type: 'boolean', default: false },
    'dev-only': { type: 'boolean', default: false },
    'data-dir': { type: 'string' },
  },
})
const { mirrored, 'data-dir': dataDir } = values

const dvn = (settings: object): Model => ({ family: dvnSegmentationFamily, settings })
/** A smaller global term than the default, for time. */
const small = { globalChannels: [32, 64, 64], units: [128] }
const short = { ...small, valueEpochs: 8, valueFineEpochs: 2 }
const refining = (settings: object): Model => ({
  family: dvnSegmentationFamily,
  settings: {
    ...small,
    start: 'fcn',
    inferenceSteps: 6,
    inferenceRate: 0.04,
    ascentSteps: 3,
    valueEpochs: 22,
    valueFineEpochs: 8,
    ...settings,
  },
  refines: true,
})

// A further model is one more row.
const models: Readonly<Record<string, Model>> = {
  // As many crops as the value networks take.
  fcn: { family: fcnFamily, settings: { cropsPerSide: 6 } },
  // From the empty mask: without the local term and without directions, as published; then what it learns from.
  'dvn as published': dvn({ ...short, terms: 'global', direction: 0 }),
  'dvn ground truth': dvn({
    ...short,
    truthSamples: 1,
    inferenceSamples: 0,
    adversarialSamples: 0,
  }),
  'dvn inference': dvn({ ...short, truthSamples: 1, inferenceSamples: 2, adversarialSamples: 0 }),
  'dvn adversarial': dvn(short),
  'dvn refining the fcn': refining({}),
  'dvn refining the fcn, local term alone': refining({ terms: 'local' }),
}

useEngine(await onnxEngine({ threads: Number(values.threads) }))
const { train, dev, test } = await loadWeizmannHorses(dataDir === undefined ? {} : { dataDir })
const { height, width, channels } = train
const sizes = { height, width, channels }
const fcnLearner = fcnFamily.learner(fcnFamily.settings.parse({}) as never, sizes)
const file = resultsFile<Result>(new URL('../results/segmentation.json', import.meta.url))
const rows: string[][] = []
for (const name of values.model ?? Object.keys(models)) {
  const model = chosen(models, '--model', name)
  const settings = { ...model.settings, ...(JSON.parse(values.settings) as object) }
  const results: Result[] = []
  for (const seed of values.seed.map(Number)) {
    const key = `horses, seed ${seed}, ${name}, ${JSON.stringify(settings)}${mirrored ? ', mirrored' : ''}`
    const compute = (): Promise<Result> => run(key, { ...model, settings }, seed)
    results.push(values['dev-only'] ? await compute() : await file.once(key, compute))
  }
  rows.push([
    name,
    values.seed.join(', '),
    spread(results.map((result) => result.dev)),
    spread(results.map(({ meanIoU }) => meanIoU)),
    spread(results.map(({ globalIoU }) => globalIoU)),
    spread(results.map(({ pixelAccuracy }) => pixelAccuracy)),
    spread(results.map(({ seconds }) => seconds)),
  ])
}

const head = ['model', 'seeds', 'dev mean IoU', 'mean IoU', 'global IoU', 'pixels', 'seconds']
console.log(markdownTable(head, rows))

async function run(key: string, model: Model, seed: number): Promise<Result> {
  const { family } = model
  const settings = family.settings.parse(model.settings) as never
  const { state, seconds } = await (family === fcnFamily && trainsAsDefault(model.settings)
    ? segmenterOf(seed)
    : model.refines === true
      ? refined(key, family, settings, seed)
      : trained(key, family, family.learner(settings, sizes), seed))
  const solve = family.solve(settings, sizes)
  const evaluate = evaluateMasks(mirrored ? bothWays(solve) : solve)
  const onDev = await evaluate(state, dev)
  const onTest = values['dev-only'] ? undefined : await evaluate(state, test)
  return {
    dev: percent(onDev, 'meanIoU'),
    meanIoU: percent(onTest, 'meanIoU'),
    globalIoU: percent(onTest, 'globalIoU'),
    pixelAccuracy: percent(onTest, 'pixelAccuracy'),
    seconds,
  }
}

/** What these settings and this seed come to; trained once, so that a table of test images needs no second training. */
async function trained(
  key: string,
  family: Family<'segmentation'>,
  learner: Learner<Parameters, Labeled>,
  seed: number,
): Promise<Trained> {
  const digest = createHash('sha256').update(key.replace(', mirrored', '')).digest('hex')
  const path = new URL(`segmentation-${digest.slice(0, 16)}.safetensors`, import.meta.url)
  if (existsSync(path)) {
    const { tensors, metadata } = decodeSafetensors(readFileSync(path))
    return { state: tensorsToParameters(tensors) as never, seconds: Number(metadata['seconds']) }
  }
  const result = await training(key, family, learner, seed)
  const tensors = parametersToTensors(result.state as never)
  writeFileSync(path, encodeSafetensors(tensors, { seconds: String(result.seconds) }))
  return result
}

async function training(
  key: string,
  family: Family<'segmentation'>,
  learner: Learner<Parameters, Labeled>,
  seed: number,
): Promise<Trained> {
  const began = performance.now()
  const elapsed = (): number => (performance.now() - began) / 1000
  const { state } = await fit(learner, train, {
    dev,
    seed,
    ...(family.batchSize !== undefined && { batchSize: family.batchSize }),
    onProgress: (progress) => {
      if (progress.kind !== 'epoch') return
      const { phase, epoch, epochs, best, train: losses } = progress
      const loss = Object.values(losses)[0]?.toFixed(4) ?? ''
      const iou = percent(progress.dev, 'meanIoU').toFixed(2)
      process.stderr.write(
        `${key}: ${phase} ${epoch}/${epochs}, loss ${loss}, dev mean IoU ${iou}${best ? ' *' : ''}, ${elapsed().toFixed(0)} s\n`,
      )
    },
  })
  return { state, seconds: elapsed() }
}

/** The FCN of a seed with its default settings. */
async function segmenterOf(seed: number): Promise<Trained> {
  return trained(`horses, seed ${seed}, fcn`, fcnFamily, fcnLearner, seed)
}

/** Training that goes on where the FCN of the seed has come to. */
async function refined(
  key: string,
  family: Family<'segmentation'>,
  settings: never,
  seed: number,
): Promise<Trained> {
  const start = await segmenterOf(seed)
  const learner = family.learner(settings, sizes)
  const own = await trained(
    key,
    family,
    {
      ...learner,
      init: (data, random) => ({ ...learner.init(data, random), ...start.state }),
      phases: learner.phases.slice(fcnLearner.phases.length),
    },
    seed,
  )
  return { ...own, seconds: start.seconds + own.seconds }
}

/** Masks of the images and, turned back, of their mirror images, on average. */
function bothWays(solve: Solve): Solve {
  return (state, x) => {
    const [plain, turned] = [solve(state, x), solve(state, reverse(x, 2))]
    return { ...plain, y: mul(0.5, add(plain.y, reverse(turned.y, 2))) }
  }
}

/** Whether these settings change nothing but how images are solved. */
function trainsAsDefault(settings: object): boolean {
  return Object.keys(settings).every((name) => name === 'cropsPerSide')
}

function percent(metrics: Metrics | undefined, name: string): number {
  return 100 * (metrics?.[name] ?? NaN)
}
