// What structure is worth in linear models of label sets, what exact inference is worth in their training, how long machines of independent labels
// take beside LIBLINEAR, and how far gradient inference is from exact inference. Usage:
//
//   node benchmarks/dist/structured-svm.js [--part accuracy|time|gap …] [--set NAME …] [--data-dir DIR]
//
// Results are kept in benchmarks/results/structured-svm.json; what is there is not run again. LIBLINEAR is that of scikit-learn in the Python of
// $PYTHON, and left out with a word where there is none.
import {
  fitStandardizer,
  type MultilabelDataset,
  split,
  standardize,
  toDense,
  writeSvmlight,
} from '@deepstruct/datasets'
import { loadBibtex, loadScene, loadYeast } from '@deepstruct/datasets/node'
import { mlpFamily } from '@deepstruct/feedforward'
import { enumeration, projectedGradient } from '@deepstruct/inference'
import { binarize, hammingLoss } from '@deepstruct/metrics'
import { spenFamily } from '@deepstruct/spen'
import {
  binarySvm,
  type BinaryLoss,
  crfFamily,
  enumeratedBeliefs,
  inferredViolators,
  labelGraph,
  type LabelScores,
  relaxedBeliefs,
  ssvmFamily,
  structuredSvm,
} from '@deepstruct/ssvm'
import { add, eagerEngine, jit, matMul, random, type Tensor, useEngine } from '@deepstruct/tensor'
import { type EpochRecord, type Family, fit, type JsonObject, scorer } from '@deepstruct/training'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { resultsFile } from './results-file.ts'

/** How wrong a model is, as chosen on held-out examples. */
export interface Accuracy {
  /** Share of wrong labels on test at 0.5, in percent. */
  readonly hamming: number
  /** The same on held-out examples, by which the settings were chosen. */
  readonly dev: number
  /** What was chosen. */
  readonly settings: JsonObject
  /** The relative duality gap at the end, where there is one. */
  readonly gap?: number
  /** Passes over the examples. */
  readonly passes: number
  /** Seconds of training with the chosen settings. */
  readonly seconds: number
}

/** How long machines of independent labels take. */
export interface Timing {
  /** Seconds for all labels. */
  readonly seconds: number
  /** The sum of their objectives. */
  readonly objective: number
  /** What computed. */
  readonly version?: string
}

/** How far gradient inference is from the best label set after so many steps. */
export interface InferenceGap {
  /** Steps of projected gradient. */
  readonly steps: number
  /** What the label sets found lack of the score of the best ones, in sum, as a share of the latter. */
  readonly gap: number
  /** The share of examples whose label set is not the best one. */
  readonly wrong: number
}

type Kept = Accuracy | Timing | readonly InferenceGap[]

const { values } = parseArgs({
  options: {
    part: { type: 'string', multiple: true },
    set: { type: 'string', multiple: true },
    'data-dir': { type: 'string' },
  },
})
const place = values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }
const file = resultsFile<Kept>(new URL('../results/structured-svm.json', import.meta.url))
useEngine(await eagerEngine())

interface Model {
  readonly name: string
  readonly family: Family<'multilabel'>
  /** Those that are chosen among on held-out examples. */
  readonly settings: readonly JsonObject[]
}

const weights = [0.003, 0.01]
const machine = (name: string, settings: JsonObject): Model => ({
  name,
  family: ssvmFamily,
  settings: weights.map((c) => ({ ...settings, c, tolerance: 1e-3, passes: 1000 })),
})
const models: readonly Model[] = [
  machine('ssvm, unary', { graph: 'unary' }),
  machine('ssvm, tree', { graph: 'tree' }),
  machine('ssvm, full, exact', { graph: 'full' }),
  machine('ssvm, full, by gradient', {
    graph: 'full',
    violators: 'approximate',
    learning: 'cutting-planes',
  }),
  { name: 'crf, tree', family: crfFamily, settings: [1e-4, 1e-3].map((ridge) => ({ ridge })) },
  {
    name: 'crf, full',
    family: crfFamily,
    settings: [1e-4, 1e-3].map((ridge) => ({ ridge, graph: 'full' })),
  },
  { name: 'mlp', family: mlpFamily, settings: [{}] },
  { name: 'spen', family: spenFamily, settings: [{}] },
]

/** Inputs standardized by the examples that are trained on, a tenth of which is held out. */
async function prepared(
  load: typeof loadScene,
): Promise<Record<'train' | 'dev' | 'test', MultilabelDataset>> {
  const { train: all, test } = await load(place)
  const [rest, held] = split(all, 0.1, random(0))
  const standardizer = fitStandardizer(rest)
  return {
    train: standardize(rest, standardizer),
    dev: standardize(held, standardizer),
    test: standardize(test, standardizer),
  }
}

async function accuracy(model: Model, load: typeof loadScene): Promise<Accuracy> {
  const { family } = model
  const { train, dev, test } = await prepared(load)
  const sizes = { inputs: train.featureNames.length, labels: train.labelNames.length }
  let best: Accuracy | undefined
  for (const given of model.settings) {
    const settings = family.settings.parse(given) as JsonObject
    const began = performance.now()
    const { state, history } = await fit(family.learner(settings, sizes), train, {
      seed: 0,
      dev,
      ...(family.batchSize !== undefined && { batchSize: family.batchSize }),
    })
    const seconds = (performance.now() - began) / 1000
    const score = scorer(family.solve(settings, sizes))
    const wrong = async (data: MultilabelDataset): Promise<number> => {
      const { scores, labels } = await score(state, data)
      return 100 * hammingLoss(binarize(scores, 0.5), labels)
    }
    const last = history.findLast(({ train: measured }: EpochRecord) => 'gap' in measured)
    const gap = last?.train['gap']
    const found: Accuracy = {
      hamming: await wrong(test),
      dev: await wrong(dev),
      settings: given,
      ...(gap !== undefined && { gap }),
      passes: last?.epoch ?? history.filter(({ epoch }) => epoch > 0).length,
      seconds,
    }
    process.stderr.write(`${model.name} ${JSON.stringify(found)}\n`)
    if (best === undefined || found.dev < best.dev) best = found
  }
  return best as Accuracy
}

const sets: Readonly<Record<string, typeof loadScene>> = { scene: loadScene, yeast: loadYeast }

async function accuracies(): Promise<void> {
  const rows: string[][] = []
  for (const set of values.set ?? Object.keys(sets)) {
    const load = chosen(sets, '--set', set)
    for (const model of models) {
      const key = `accuracy, ${set}, ${model.name}, ${JSON.stringify(model.settings)}`
      const result = (await file.once(key, () => accuracy(model, load))) as Accuracy
      rows.push([
        set,
        model.name,
        result.hamming.toFixed(2),
        result.gap?.toExponential(1) ?? '',
        String(result.passes),
        result.seconds.toFixed(1),
      ])
    }
  }
  console.log(markdownTable(['set', 'model', 'Hamming error, %', 'gap', 'passes', 'seconds'], rows))
}

async function times(): Promise<void> {
  const { train } = await loadBibtex(place)
  const labels = toDense(train.labels)
  const [examples, count] = labels.shape as [number, number]
  const columns = Array.from({ length: count }, (_, j) =>
    Int8Array.from({ length: examples }, (__, i) => labels.data[i * count + j] as number),
  )
  const rows: string[][] = []
  for (const loss of ['hinge', 'squared hinge'] satisfies readonly BinaryLoss[]) {
    const ours = (await file.once(`time, bibtex, deepstruct, ${loss}`, () => {
      // Once to warm up, and once to measure.
      let seconds = 0
      let objective = 0
      for (const measured of [false, true]) {
        const began = performance.now()
        const machines = columns
          .slice(0, measured ? count : 20)
          .map((own) => binarySvm(train.features, own, { loss, tolerance: 1e-3 }))
        seconds = (performance.now() - began) / 1000
        objective = machines.reduce((sum, found) => sum + found.objective, 0)
      }
      return Promise.resolve({ seconds, objective, version: process.version })
    })) as Timing
    rows.push([loss, 'deepstruct', ours.seconds.toFixed(2), ours.objective.toFixed(2)])
  }
  const folder = mkdtempSync(join(tmpdir(), 'deepstruct-'))
  try {
    const data = join(folder, 'bibtex.svm')
    writeFileSync(data, writeSvmlight(train))
    for (const tolerance of ['1e-4', '1e-2', '1e-1']) {
      const peer = askPython(data, tolerance)
      if (peer === undefined) break
      for (const [loss, measured] of Object.entries(peer.results)) {
        const kept = (await file.once(`time, bibtex, liblinear ${tolerance}, ${loss}`, () =>
          Promise.resolve({ ...measured, version: `scikit-learn ${peer.version}` }),
        )) as Timing
        rows.push([
          loss,
          `LIBLINEAR, tol ${tolerance}`,
          kept.seconds.toFixed(2),
          kept.objective.toFixed(2),
        ])
      }
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
  console.log(markdownTable(['loss', 'solver', 'seconds', 'objective'], rows))
}

interface PeerAnswer {
  readonly error?: string
  readonly version: string
  readonly results: Readonly<
    Record<string, { readonly seconds: number; readonly objective: number }>
  >
}

function askPython(data: string, tolerance: string): PeerAnswer | undefined {
  const python = process.env['PYTHON'] ?? 'python3'
  const program = fileURLToPath(new URL('../peers/liblinear.py', import.meta.url))
  const text = execFileSync(python, [program, data, tolerance], { encoding: 'utf8' })
  const answer = JSON.parse(text) as PeerAnswer
  if (answer.error === undefined) return answer
  console.log(`LIBLINEAR is not there (${python}: ${answer.error}): its rows are missing`)
  return undefined
}

const stepCounts = [1, 2, 5, 10, 20, 50, 100]

/** Trains a full graph exactly, and lets gradients of several sizes find the best label sets of the test examples. */
async function gaps(): Promise<void> {
  const rows: string[][] = []
  const keyOf = (rate: number): string => `gap, yeast, rate ${rate}`
  for (const rate of [0.03, 0.1, 0.3]) {
    const found = (await file.once(keyOf(rate), async () => {
      const { train, test } = await prepared(loadYeast)
      const labels = toDense(train.labels)
      const edges = labelGraph('full', labels)
      const {
        weights: w,
        bias,
        pairs,
      } = await structuredSvm(
        { features: train.features, labels, edges, inference: inferredViolators(enumeration()) },
        { C: 0.003 },
      )
      const x = toDense(test.features)
      const measured: InferenceGap[] = []
      for (const steps of stepCounts) {
        const minimizer = projectedGradient({ steps, stepSize: rate, momentum: 0.9, tolerance: 0 })
        const compare = jit((inputs: Tensor, single: Tensor, b: Tensor, p: Tensor, e: Tensor) => {
          const scores: LabelScores = {
            single: add(matMul(inputs, single, { transposeB: true }), b),
            pairs: p,
            edges: e,
          }
          return {
            scores: scores.single,
            best: enumeratedBeliefs('best', scores).y,
            found: relaxedBeliefs(minimizer)('best', scores).y,
          }
        })
        measured.push({
          steps,
          ...distance(await compare(x, w, bias, pairs, edges), pairs.data, edges.data),
        })
      }
      return measured
    })) as readonly InferenceGap[]
    for (const { steps, gap, wrong } of found)
      rows.push([String(rate), String(steps), gap.toFixed(4), (100 * wrong).toFixed(1)])
  }
  console.log(markdownTable(['step size', 'steps', 'gap of the score', 'not the best, %'], rows))
}

/** The mean loss of score of rounded label sets against the best ones, and the share that differs. */
function distance(
  found: Record<
    'scores' | 'best' | 'found',
    { readonly shape: readonly number[]; readonly data: ArrayLike<number> }
  >,
  pairs: ArrayLike<number>,
  edges: ArrayLike<number>,
): Omit<InferenceGap, 'steps'> {
  const [examples, labels] = found.scores.shape as [number, number]
  const scoreOf = (of: ArrayLike<number>, example: number): number => {
    const on = (j: number): number => ((of[example * labels + j] as number) > 0.5 ? 1 : 0)
    let total = 0
    for (let j = 0; j < labels; j++)
      total += on(j) * (found.scores.data[example * labels + j] as number)
    for (let e = 0; e < pairs.length; e++)
      total += on(edges[2 * e] as number) * on(edges[2 * e + 1] as number) * (pairs[e] as number)
    return total
  }
  let [lost, all, wrong] = [0, 0, 0]
  for (let i = 0; i < examples; i++) {
    const best = scoreOf(found.best.data, i)
    const short = best - scoreOf(found.found.data, i)
    lost += short
    all += Math.abs(best)
    if (short > 1e-4) wrong++
  }
  return { gap: lost / all, wrong: wrong / examples }
}

const parts = { accuracy: accuracies, time: times, gap: gaps }
for (const part of values.part ?? Object.keys(parts)) await chosen(parts, '--part', part)()
