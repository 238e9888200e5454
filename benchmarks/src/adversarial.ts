// What does an adversary add to a segmenter? Segmenters trained alone and against a discriminator, with one budget, on the compiled engine. Usage:
//
//   node benchmarks/dist/adversarial.js [--set horses --set shapes] [--model NAME …] [--seed N …] [--epochs WARMUP,AGAINST,FINE] [--threads N] [--data-dir DIR]
//   node --expose-gc benchmarks/dist/adversarial.js --memory STEPS
//
// All models of a seed go on from one segmenter, trained alone for the epochs of the warm-up; then each has the same further epochs with the
// same batches. `fcn alone` is the same program with weight 0. The epoch is chosen on held-out images, and test images are read once a run.
// Results are kept in benchmarks/results/adversarial.json; what is there is not run again.
import {
  adversarialFamily,
  type AdversarialFamilyState,
  adversarialLearner,
  type AdversarialSettings,
  adversarialSettings,
  discriminatorStatus,
} from '@deepstruct/adversarial'
import { type ImageDataset, impossibleShare, syntheticShapes } from '@deepstruct/datasets'
import { loadWeizmannHorses } from '@deepstruct/datasets/node'
import { onnxEngine } from '@deepstruct/onnx'
import { type Host, useEngine } from '@deepstruct/tensor'
import {
  evaluateClassMasks,
  evaluateMasks,
  fit,
  type ImageSizes,
  scorer,
} from '@deepstruct/training'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { resultsFile } from './results-file.ts'
import { writeResults } from './speed/results.ts'
import { slope } from './speed/rows.ts'
import { spread } from './spread.ts'

/** What one run measured; shares in percent. */
interface Result {
  /** Mean IoU of the chosen state on the held-out images, with as many crops as training measures with. */
  readonly dev: number
  /** Mean IoU on test: over images, or of several classes over classes. */
  readonly meanIoU: number
  /** Share of right pixels on test. */
  readonly pixelAccuracy: number
  /** Share of test masks that break a law of the shapes. */
  readonly impossible?: number
  /** How often the discriminator was right in the last epoch. */
  readonly discriminatorAccuracy: number
  /** Epochs of the adversary by the status of the discriminator. */
  readonly statuses: Readonly<Record<string, number>>
  /** Seconds of the epochs after the warm-up. */
  readonly seconds: number
}

interface ImageSet {
  readonly train: ImageDataset
  readonly dev: ImageDataset
  readonly test: ImageDataset
  readonly settings: Partial<AdversarialSettings>
}

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true, default: ['shapes', 'horses'] },
    model: { type: 'string', multiple: true },
    seed: { type: 'string', multiple: true, default: ['0'] },
    epochs: { type: 'string' },
    threads: { type: 'string', default: '2' },
    memory: { type: 'string' },
    'data-dir': { type: 'string' },
  },
})
const dataDir = values['data-dir']

const sets: Readonly<Record<string, () => Promise<ImageSet>>> = {
  horses: async () => ({
    ...(await loadWeizmannHorses(dataDir === undefined ? {} : { dataDir })),
    settings: { warmupEpochs: 80, segmenterEpochs: 110, segmenterFineEpochs: 10 },
  }),
  shapes: () =>
    Promise.resolve({
      train: syntheticShapes({ seed: 1, examples: 200 }),
      dev: syntheticShapes({ seed: 2, examples: 50 }),
      test: syntheticShapes({ seed: 3, examples: 200 }),
      settings: {
        channels: [16, 32, 32],
        cropShare: 1,
        cropsPerSide: 1,
        warmupEpochs: 60,
        segmenterEpochs: 90,
        segmenterFineEpochs: 10,
      },
    }),
}

// A further model is one more row.
const models: Readonly<Record<string, Partial<AdversarialSettings>>> = {
  'fcn alone': { adversarialWeight: 0 },
  'λ 0.01': { adversarialWeight: 0.01 },
  'λ 0.03': { adversarialWeight: 0.03 },
  'λ 0.1': { adversarialWeight: 0.1 },
  'λ 0.3': { adversarialWeight: 0.3 },
  'λ 1': { adversarialWeight: 1 },
  'λ 0.1, saturating': { adversarialForm: 'saturating' },
  'λ 0.1, product': { discriminatorInput: 'product' },
  'λ 0.1, truth unscaled': { truthMass: 1 },
}

useEngine(await onnxEngine({ threads: Number(values.threads) }))
if (values.memory === undefined) await compare()
else await measureMemory(Number(values.memory))

async function compare(): Promise<void> {
  const file = resultsFile<Result>(new URL('../results/adversarial.json', import.meta.url))
  const rows: string[][] = []
  const names = values.model ?? Object.keys(models)
  for (const setName of values.set) {
    const set = withEpochs(await chosen(sets, '--set', setName)())
    const results = new Map<string, Result[]>(names.map((name) => [name, []]))
    for (const seed of values.seed.map(Number)) {
      const start = warmedUp(set, seed, setName)
      for (const name of names) {
        const settings = { ...set.settings, ...chosen(models, '--model', name) }
        const key = `${setName}, seed ${seed}, ${name}, ${JSON.stringify(settings)}`
        results
          .get(name)!
          .push(await file.once(key, async () => run(key, set, settings, seed, await start())))
      }
    }
    for (const [name, ofName] of results) {
      const each = (value: (result: Result) => number | undefined): string =>
        spread(ofName.map((result) => value(result) ?? NaN)).replace('NaN ± NaN', '')
      rows.push([
        setName,
        name,
        values.seed.join(', '),
        each(({ dev }) => dev),
        each(({ meanIoU }) => meanIoU),
        each(({ pixelAccuracy }) => pixelAccuracy),
        each(({ impossible }) => impossible),
        each(({ discriminatorAccuracy }) => discriminatorAccuracy),
        each(({ seconds }) => seconds),
      ])
    }
  }
  const head = [
    'set',
    'model',
    'seeds',
    'dev mean IoU',
    'mean IoU',
    'pixels',
    'impossible',
    'D right',
    'seconds',
  ]
  console.log(markdownTable(head, rows))
}

/** The set with the epochs of the option `--epochs`, where that is given. */
function withEpochs(set: ImageSet): ImageSet {
  if (values.epochs === undefined) return set
  const [warmupEpochs = NaN, against = NaN, segmenterFineEpochs = NaN] = values.epochs
    .split(',')
    .map(Number)
  const epochs = { warmupEpochs, segmenterEpochs: warmupEpochs + against, segmenterFineEpochs }
  return { ...set, settings: { ...set.settings, ...epochs } }
}

/** The segmenter that all models of a seed start from; trained when it is asked for first. */
function warmedUp(
  { train, dev, settings }: ImageSet,
  seed: number,
  name: string,
): () => Promise<Host<AdversarialFamilyState>> {
  let trained: Promise<Host<AdversarialFamilyState>> | undefined
  return () => {
    trained ??= (async () => {
      const learner = adversarialLearner(adversarialSettings(settings), sizesOf(train))
      const only = { ...learner, phases: learner.phases.slice(0, 1) }
      const { state, history } = await fit(only, train, { dev, seed, batchSize: 16 })
      const best = Math.max(...history.map((record) => record.dev?.score ?? 0))
      process.stderr.write(`${name}, seed ${seed}: warm-up, dev mean IoU ${percent(best)}\n`)
      return state
    })()
    return trained
  }
}

async function run(
  key: string,
  { train, dev, test }: ImageSet,
  chosenSettings: Partial<AdversarialSettings>,
  seed: number,
  start: Host<AdversarialFamilyState>,
): Promise<Result> {
  const settings = adversarialSettings(chosenSettings)
  const sizes = sizesOf(train)
  const learner = adversarialLearner(settings, sizes)
  const began = performance.now()
  const { state, history } = await fit(
    { ...learner, init: () => start, phases: learner.phases.slice(1) },
    train,
    { dev, seed, batchSize: 16 },
  )
  const seconds = (performance.now() - began) / 1000
  const statuses: Record<string, number> = {}
  for (const { train: measured } of history) {
    const status = discriminatorStatus(measured)
    if (status !== undefined) statuses[status] = (statuses[status] ?? 0) + 1
  }
  const solve = adversarialFamily.solve(settings, sizes)
  const severalClasses = sizes.classes !== undefined
  const evaluate = (severalClasses ? evaluateClassMasks : evaluateMasks)(solve)
  const measured = await evaluate(state, test)
  const result = {
    dev: 100 * Math.max(...history.map((record) => record.dev?.score ?? 0)),
    meanIoU: 100 * measured['meanIoU']!,
    pixelAccuracy: 100 * measured['pixelAccuracy']!,
    ...(severalClasses && {
      impossible: 100 * impossibleShare((await scorer(solve, 16)(state, test)).scores),
    }),
    discriminatorAccuracy: 100 * history.at(-1)!.train['discriminator.accuracy']!,
    statuses,
    seconds,
  }
  process.stderr.write(`${key}: ${JSON.stringify(result)}\n`)
  return result
}

/** The resident memory over many steps of both players, on one batch. */
async function measureMemory(steps: number): Promise<void> {
  // Small, since what may grow is kept for every step, whatever its size.
  const images = syntheticShapes({ seed: 1, examples: 16, size: 20 })
  const learner = adversarialLearner(
    adversarialSettings({ channels: [4, 8], discriminatorChannels: [4, 8, 8], cropShare: 1 }),
    sizesOf(images),
  )
  const batch = images.batch(Array.from({ length: 16 }, (_, i) => i))
  const phase = { ...learner.phases[1]!, epochs: 1 }
  const collect = (globalThis as { readonly gc?: () => void }).gc
  const samples: [step: number, megabytes: number][] = []
  await fit(
    { ...learner, init: (_, random) => learner.init(images, random), phases: [phase] },
    { size: steps * 16, batch: () => batch },
    {
      batchSize: 16,
      onProgress(progress) {
        if (progress.kind !== 'step' || progress.step % (steps / 50) !== 0) return
        if (progress.step <= steps / 10) return
        collect?.()
        samples.push([progress.step, Math.round((10 * process.memoryUsage().rss) / 2 ** 20) / 10])
      },
    },
  )
  const result = {
    steps,
    slopeMBPer1000Steps: slope(samples.map(([step, mb]) => [step / 1000, mb])),
    firstMB: samples[0]?.[1],
    lastMB: samples.at(-1)?.[1],
  }
  console.log(JSON.stringify(result, undefined, 2))
  writeResults('adversarial-memory.json', { ...result, samples })
}

function sizesOf({ height, width, channels, classes }: ImageDataset): ImageSizes {
  return { height, width, channels, ...(classes !== undefined && { classes }) }
}

function percent(share: number): string {
  return (100 * share).toFixed(2)
}
