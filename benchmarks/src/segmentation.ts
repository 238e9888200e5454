// Which model finds the horses? Models of masks beside each other on the Weizmann horses, 32 × 32 pixels, on the compiled engine. Usage:
//
//   node benchmarks/dist/segmentation.js [--model NAME …] [--settings JSON] [--seeds N] [--threads N] [--data-dir DIR]
//
// The epoch is chosen on the 40 held-out images; the 128 test images are read once a run. Results are kept in
// benchmarks/results/segmentation.json; what is there is not run again. `--dev-only` leaves the test images alone and keeps nothing.
import { loadWeizmannHorses } from '@deepstruct/datasets/node'
import { dvnSegmentationFamily } from '@deepstruct/dvn'
import { fcnFamily } from '@deepstruct/feedforward'
import { onnxEngine } from '@deepstruct/onnx'
import { useEngine } from '@deepstruct/tensor'
import { evaluateMasks, type Family, fit, type Metrics } from '@deepstruct/training'
import { parseArgs } from 'node:util'
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
  /** How training ended. */
  readonly status: string
  /** Seconds of training. */
  readonly seconds: number
}

const { values } = parseArgs({
  options: {
    model: { type: 'string', multiple: true },
    settings: { type: 'string', default: '{}' },
    seeds: { type: 'string', default: '1' },
    threads: { type: 'string', default: '2' },
    'dev-only': { type: 'boolean', default: false },
    'data-dir': { type: 'string' },
  },
})
const dataDir = values['data-dir']

const dvn = (settings: object): { family: Family<'segmentation'>; settings: object } => ({
  family: dvnSegmentationFamily,
  settings,
})

// A further model is one more row.
const models: Readonly<Record<string, { family: Family<'segmentation'>; settings: object }>> = {
  fcn: { family: fcnFamily, settings: {} },
  'dvn ground truth': dvn({ truthSamples: 1, inferenceSamples: 1, adversarialSamples: 0 }),
  'dvn inference': dvn({ truthSamples: 0, inferenceSamples: 1, adversarialSamples: 0 }),
  'dvn adversarial': dvn({}),
  'dvn refining the fcn': dvn({
    start: 'fcn',
    inferenceSteps: 6,
    inferenceRate: 0.03,
    ascentSteps: 3,
    valueEpochs: 40,
    valueFineEpochs: 15,
  }),
}

useEngine(await onnxEngine({ threads: Number(values.threads) }))
const { train, dev, test } = await loadWeizmannHorses(dataDir === undefined ? {} : { dataDir })
const file = resultsFile<Result>(new URL('../results/segmentation.json', import.meta.url))
const rows: string[][] = []
for (const name of values.model ?? Object.keys(models)) {
  const model = models[name]
  if (model === undefined)
    throw new RangeError(`--model ${name}: expected one of ${Object.keys(models).join(', ')}`)
  const settings = { ...model.settings, ...(JSON.parse(values.settings) as object) }
  const results: Result[] = []
  for (let seed = 0; seed < Number(values.seeds); seed++) {
    const key = `horses, seed ${seed}, ${name}, ${JSON.stringify(settings)}`
    const compute = (): Promise<Result> => run(key, model.family, settings, seed)
    results.push(values['dev-only'] ? await compute() : await file.once(key, compute))
  }
  rows.push([
    name,
    values.seeds,
    spread(results.map((result) => result.dev)),
    spread(results.map(({ meanIoU }) => meanIoU)),
    spread(results.map(({ globalIoU }) => globalIoU)),
    spread(results.map(({ pixelAccuracy }) => pixelAccuracy)),
    spread(results.map(({ seconds }) => seconds)),
  ])
}

const head = ['model', 'seeds', 'dev mean IoU', 'mean IoU', 'global IoU', 'pixels', 'seconds']
console.log(
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n'),
)

async function run(
  key: string,
  family: Family<'segmentation'>,
  chosen: object,
  seed: number,
): Promise<Result> {
  const settings = family.settings.parse(chosen) as never
  const { height, width, channels } = train
  const sizes = { height, width, channels }
  const began = performance.now()
  const elapsed = (): number => (performance.now() - began) / 1000
  const { state, status } = await fit(family.learner(settings, sizes), train, {
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
  const seconds = elapsed()
  const evaluate = evaluateMasks(family.solve(settings, sizes))
  const onDev = await evaluate(state, dev)
  const onTest = values['dev-only'] ? undefined : await evaluate(state, test)
  return {
    dev: percent(onDev, 'meanIoU'),
    meanIoU: percent(onTest, 'meanIoU'),
    globalIoU: percent(onTest, 'globalIoU'),
    pixelAccuracy: percent(onTest, 'pixelAccuracy'),
    status,
    seconds,
  }
}

function percent(metrics: Metrics | undefined, name: string): number {
  return 100 * (metrics?.[name] ?? NaN)
}
