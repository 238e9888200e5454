// Time per epoch, examples per second, and memory over a long run, on each engine that this machine has. Usage:
//
//   node --expose-gc benchmarks/dist/engines.js [--data-dir DIR] [--epochs N] [--calls N]
import { split } from '@deepstruct/datasets'
import { loadBibtex } from '@deepstruct/datasets/node'
import { mlpFamily } from '@deepstruct/feedforward'
import { spenFamily } from '@deepstruct/spen'
import {
  type Backend,
  dispose,
  eagerEngine,
  type Engine,
  jit,
  put,
  random,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { type Family, fit } from '@deepstruct/training'
import { parseArgs } from 'node:util'
import { slope } from './speed/rows.ts'

const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    epochs: { type: 'string', default: '10' },
    calls: { type: 'string', default: '1000' },
  },
})
const dataDir = values['data-dir']
const epochs = Number(values.epochs)
const calls = Number(values.calls)

const { train: all } = await loadBibtex(dataDir === undefined ? {} : { dataDir })
const [train, dev] = split(all, 0.1, random(0))
const sizes = { inputs: all.featureNames.length, labels: all.labelNames.length }

const head = [
  'engine',
  'model',
  's / epoch',
  'trained / s',
  'predicted / s (B = 256)',
  'arrays',
  'MB / 1,000 calls',
]
console.log(`| ${head.join(' | ')} |\n|${head.map(() => ' --- |').join('')}`)
for (const backend of ['wasm', 'tensorflow', 'cpu'] satisfies Backend[]) {
  const engine = await eagerEngine({ backend }).catch(() => undefined)
  if (engine === undefined) {
    console.log(`| ${backend} | not on this machine |`)
    continue
  }
  useEngine(engine)
  for (const family of [mlpFamily, spenFamily])
    console.log(`| ${[engine.name, family.name, ...(await measure(engine, family))].join(' | ')} |`)
}

async function measure(engine: Engine, family: Family<'multilabel'>): Promise<string[]> {
  // The plain backend is an order slower; one epoch says as much.
  const passes = engine.name === 'eager:cpu' ? 1 : epochs
  const phases = { classifierEpochs: 1, classifierPatience: passes }
  const structured = { energyEpochs: 0, jointEpochs: passes, patience: passes }
  const settings = family.settings.parse(
    family === spenFamily ? { ...phases, ...structured } : { ...phases, classifierEpochs: passes },
  ) as never
  const learner = family.learner(settings, sizes)

  const before = engine.memory().arrays
  const { state, history } = await fit(learner, train, { batchSize: 32 })
  const last = history.filter(({ phase, epoch }) => phase === history.at(-1)?.phase && epoch > 0)
  const seconds = Math.min(...last.map((record) => record.seconds))

  const solve = family.solve(settings, sizes)
  const predict = jit((params: typeof state, x: Tensor) => ({ y: solve(params as never, x).y }))
  const { x } = dev.batch(Array.from({ length: 256 }, (_, i) => i))
  const params = await put(state)
  const growth = await residentSlope(() => predict(params, x), passes === 1 ? 20 : calls)
  const began = performance.now()
  const repeats = passes === 1 ? 2 : 20
  for (let i = 0; i < repeats; i++) await predict(params, x)
  const rate = (256 * repeats * 1000) / (performance.now() - began)
  dispose(params)
  return [
    seconds.toFixed(2),
    (train.size / seconds).toFixed(0),
    rate.toFixed(0),
    `${engine.memory().arrays - before} more`,
    growth.toFixed(2),
  ]
}

/** Growth of the resident memory in MB per 1,000 calls, by least squares, after a warm-up. */
async function residentSlope(call: () => Promise<unknown>, count: number): Promise<number> {
  const collect = (globalThis as { gc?: () => void }).gc
  for (let i = 0; i < count / 5; i++) await call()
  const points: [number, number][] = []
  const every = Math.max(1, Math.floor(count / 20))
  for (let i = 0; i < count; i++) {
    await call()
    if (i % every !== 0) continue
    collect?.()
    points.push([i / 1000, process.memoryUsage().rss / 2 ** 20])
  }
  return slope(points)
}
