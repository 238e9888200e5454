// Measures SPEN inference and a structured-SVM training step on the eager wasm engine and on compiled ones, round by round in one run:
//
//   npx tsc -b packages/onnx/tsconfig.build.json packages/spen/tsconfig.build.json
//   node packages/onnx/scripts/benchmark.mjs [--rounds 5] [--json results.json] [--only eager,node]
import { energySolver, projectedGradient } from '@deepstruct/inference'
import { mlp } from '@deepstruct/networks'
import { onnxEngine } from '@deepstruct/onnx'
import { measurementEnergy, spen, ssvmPhase } from '@deepstruct/spen'
import { eagerEngine, jit, ndarray, put, random, useEngine } from '@deepstruct/tensor'
import { adam, fit } from '@deepstruct/training'
import { writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'string' },
    only: { type: 'string' },
  },
})

const engines = {
  eager: () => eagerEngine({ backend: 'wasm' }),
  node: () => onnxEngine({ runtime: 'node' }),
  web: () => onnxEngine({ runtime: 'web' }),
}
const sizes = { features: 1836, labels: 159 }
const network = mlp({
  inputs: sizes.features,
  hidden: [150, 150],
  outputs: sizes.labels,
})
const model = spen({
  network,
  labelEnergy: measurementEnergy({ labels: sizes.labels, measurements: 16 }),
})
const draw = random(1)
const params = model.init(draw)

const minimizer = projectedGradient({ steps: 30, stepSize: 0.1 })

const cases = {
  /** From sparse inputs: the feature network, then 30 steps. @param {number} rows */
  async inference(rows) {
    const solve = energySolver(model, minimizer)
    const run = jit((p, x) => ({ ...solve(p, x) }), { name: 'inference' })
    const held = await put(params)
    const x = sparse(rows)
    return async () => run(held, x)
  },
  /** The 30 steps alone. @param {number} rows */
  async steps(rows) {
    const run = jit(
      (p, logits) => {
        const domain = model.domain(logits)
        const energy = (y) => model.energy(p, logits, y)
        return { ...minimizer({ energy, domain, start: domain.start(rows) }) }
      },
      { name: 'steps' },
    )
    const held = await put(params)
    const logits = draw.normals([rows, sizes.labels])
    return async () => run(held, logits)
  },
}

/** Inputs of which one in 27 is 1, as in Bibtex. @param {number} rows */
function sparse(rows) {
  const data = draw.bernoullis([rows, sizes.features], 1 / 27).data
  return ndarray(data, [rows, sizes.features])
}

/** The times of the steps of an epoch. */
async function trainingSteps() {
  const steps = 30
  const batch = 64
  const size = steps * batch
  const x = sparse(batch)
  const y = ndarray(draw.bernoullis([batch, sizes.labels], 0.03).data, [batch, sizes.labels])
  const phase = ssvmPhase(model, {
    moves: ['features', 'output', 'label'],
    inference: projectedGradient({ steps: 10, stepSize: 0.1 }),
    optimizer: adam({ rate: 1e-3 }),
    epochs: 1,
  })
  const times = []
  let last = performance.now()
  await fit(
    { family: 'benchmark', init: () => params, phases: [phase] },
    { size, batch: () => ({ x, y }) },
    {
      batchSize: batch,
      onProgress({ kind }) {
        const now = performance.now()
        if (kind === 'step') times.push(now - last)
        last = now
      },
    },
  )
  return times.slice(2)
}

/** @param {() => Promise<unknown>} run @param {number} ms */
async function repeat(run, ms) {
  await run()
  await run()
  const times = []
  const end = performance.now() + ms
  do {
    const begin = performance.now()
    await run()
    times.push(performance.now() - begin)
  } while (performance.now() < end)
  return times
}

const names = values.only?.split(',') ?? Object.keys(engines)
const times = new Map()
const add = (engine, name, batch, more) => {
  const key = JSON.stringify({ case: name, engine, batch })
  times.set(key, [...(times.get(key) ?? []), ...more])
}
const started = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await engines[name]()])),
)
const runs = new Map()
for (let round = 0; round < Number(values.rounds); round++)
  for (const name of names) {
    useEngine(started[name])
    for (const [title, prepare] of Object.entries(cases))
      for (const batch of [1, 32, 512]) {
        const key = `${title} ${name} ${batch}`
        if (!runs.has(key)) runs.set(key, await prepare(batch))
        add(name, title, batch, await repeat(runs.get(key), name === 'eager' ? 600 : 300))
      }
    add(name, 'ssvm step', 64, await trainingSteps())
  }

const rows = [...times].map(([key, all]) => {
  const sorted = all.toSorted((a, b) => a - b)
  return { ...JSON.parse(key), minMs: sorted[0], medianMs: sorted[sorted.length >> 1] }
})
console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model}`)
console.table(
  rows.map((row) => ({ ...row, minMs: row.minMs.toFixed(3), medianMs: row.medianMs.toFixed(3) })),
)
if (values.json) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`)
