// Does a search pay that starts where an inference network ends? Gradient descent on one trained energy, from nothing, from the classifier
// and from the network: how far its energies lie above the best known ones, and its F1, against the time of an example. Usage:
//
//   node benchmarks/dist/warm-start.js [--set NAME …] [--seed N] [--threads N] [--data-dir DIR]
//
// Results are kept in benchmarks/results/warm-start.json; what is there is not run again. The guide draws its curves from there.
import {
  fitStandardizer,
  type MultilabelDataset,
  split,
  standardize,
  syntheticMultilabel,
} from '@deepstruct/datasets'
import { loadBibtex, type TrainAndTest } from '@deepstruct/datasets/node'
import {
  classifierNetwork,
  energyOverClassifier,
  type LabelEnergySettings,
  type MlpSettings,
} from '@deepstruct/feedforward'
import {
  projectedGradient,
  type SpenParams,
  statuses,
  type TracedSolution,
} from '@deepstruct/inference'
import {
  inferenceNetwork,
  infnetLearner,
  type InfnetSettings,
  infnetSettings,
  tuningPhase,
} from '@deepstruct/infnet'
import { multilabelReport, selectThreshold } from '@deepstruct/metrics'
import type { MlpParams } from '@deepstruct/networks'
import { onnxEngine } from '@deepstruct/onnx'
import { type SpenSettings, spenLearner, spenSettings } from '@deepstruct/spen'
import {
  dispose,
  fill,
  type Host,
  jit,
  put,
  random,
  sigmoid,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import {
  adam,
  fit,
  type FitOptions,
  type Labeled,
  type Progress,
  scorer,
  type Sizes,
} from '@deepstruct/training'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { resultsFile } from './results-file.ts'
import { tellEpochs } from './tell-epochs.ts'

const starts = ['nothing', 'classifier', 'network'] as const
const stepCounts = [0, 1, 2, 5, 10, 20, 30]

/** Where a search starts. */
type SearchStart = (typeof starts)[number]

/** What a search has found on the test examples. */
interface SearchQuality {
  readonly start: SearchStart
  readonly steps: number
  /** The mean of how far the energy of an output lies above the best one that any search has found for the example. */
  readonly searchError: number
  /** Example-averaged F1 on test, at the threshold chosen on the dev split, in percent. */
  readonly f1: number
}

/** How long a search takes. */
interface SearchTime {
  readonly start: SearchStart
  readonly steps: number
  /** For an example, at batches of 256. */
  readonly microseconds: number
}

/** What is kept of a set. */
export type WarmStart = {
  readonly set: string
  readonly seed: number
  readonly settings: object
  readonly engine: string
} & (
  | {
      readonly kind: 'quality'
      readonly stepSize: number
      readonly points: readonly SearchQuality[]
    }
  | { readonly kind: 'time'; readonly points: readonly SearchTime[] }
)

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    seed: { type: 'string', default: '0' },
    threads: { type: 'string', default: '2' },
    'data-dir': { type: 'string' },
  },
})
const place = values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }
const seed = Number(values.seed)
/** Large enough for thirty steps from nothing to come to rest. */
const stepSize = 0.1

interface Study {
  load(): TrainAndTest | Promise<TrainAndTest>
  /** Settings of the classifier and of its energy. */
  readonly shared: Partial<MlpSettings & LabelEnergySettings> & { readonly energyRate?: number }
  /** How the energy has been learned: by a search of its own (SPEN), or against the network that is then its inference. */
  readonly learned: 'by a search' | 'against the network'
  /** Settings of the search, or of the network. */
  readonly own: Partial<SpenSettings> | Partial<InfnetSettings>
}

// The settings of the table of inference networks.
const planted = {
  load: () => syntheticMultilabel({ seed, examples: 4000, testExamples: 2000 }),
  shared: {
    hidden: [64],
    dropoutInput: 0,
    dropoutHidden: 0.2,
    classifierEpochs: 30,
    labelEnergy: 'pairwise',
    energyRate: 0.01,
  },
} as const
const studies: Readonly<Record<string, Study>> = {
  synthetic: {
    ...planted,
    learned: 'by a search',
    own: { jointRate: 0.001, inferenceSteps: 20, inferenceRate: 0.1 },
  },
  'synthetic, energy of the game': {
    ...planted,
    learned: 'against the network',
    own: {
      networkRate: 0.002,
      pull: 0,
      crossEntropy: 0.5,
      gameEpochs: 30,
      patience: 30,
      tuningRate: 0.001,
    },
  },
  bibtex: { load: () => loadBibtex(place), shared: {}, learned: 'by a search', own: {} },
}

const engine = await onnxEngine({ threads: Number(values.threads) })
useEngine(engine)
const kept = resultsFile<WarmStart>(new URL('../results/warm-start.json', import.meta.url))
const rows: string[][] = []
for (const set of values.set ?? Object.keys(studies)) {
  const study = chosen(studies, '--set', set)
  const settings = { learned: study.learned, ...study.shared, ...study.own }
  const run = { set, seed, settings, engine: engine.name }
  const key = `${set}, seed ${seed}, ${JSON.stringify(settings)}`
  const quality = (await kept.once(`quality on ${key}`, async () => ({
    kind: 'quality',
    ...run,
    stepSize,
    points: await qualities(study, key),
  }))) as { readonly points: readonly SearchQuality[] }
  const time = (await kept.once(`time on ${key}, ${engine.name}`, async () => ({
    kind: 'time',
    ...run,
    points: await times(study),
  }))) as { readonly points: readonly SearchTime[] }
  for (const [i, { start, steps, searchError, f1 }] of quality.points.entries()) {
    const { microseconds } = time.points[i] as SearchTime
    rows.push([
      set,
      start,
      String(steps),
      searchError.toPrecision(3),
      f1.toFixed(1),
      microseconds.toFixed(1),
    ])
  }
}
console.log(markdownTable(['set', 'from', 'steps', 'search error', 'F1', 'µs'], rows))

/** An energy, the classifier under it, and the network that answers for it. */
interface Trained {
  readonly energy: SpenParams<unknown>
  readonly classifier: MlpParams
  readonly network: MlpParams
}

/** A search of so many steps from a start, traceable. */
function search(
  settings: InfnetSettings,
  sizes: Sizes,
  start: SearchStart,
  steps: number,
): (state: Trained, x: Tensor) => TracedSolution {
  const model = energyOverClassifier(settings, sizes)
  const network = classifierNetwork(settings, sizes)
  return (state, x) => {
    const features = model.encode(state.energy, x)
    const domain = model.domain(features)
    const from: Readonly<Record<SearchStart, () => Tensor>> = {
      nothing: () => domain.start(x.shape[0]),
      classifier: () => sigmoid(network.apply(state.classifier, x)),
      network: () => sigmoid(network.apply(state.network, x)),
    }
    const y = from[start]()
    const energy = (point: Tensor): Tensor => model.energy(state.energy, features, point)
    if (steps > 0) return projectedGradient({ steps, stepSize })({ energy, domain, start: y })
    const found = energy(y)
    return {
      y,
      energy: found,
      steps: fill(found.shape, 0, 'int32'),
      status: fill(found.shape, statuses.indexOf('step limit'), 'int32'),
    }
  }
}

/** An energy that has been learned as the study says, with its network. */
async function train(
  { shared, learned, own }: Study,
  data: MultilabelDataset,
  run: Pick<FitOptions<object, Labeled>, 'dev' | 'seed' | 'onProgress'>,
  sizes: Sizes,
): Promise<Host<Trained>> {
  if (learned === 'against the network') {
    const settings = infnetSettings({ ...shared, ...(own as Partial<InfnetSettings>) })
    const { state } = await fit(infnetLearner(settings, sizes), data, run)
    return { energy: state, classifier: state.pretrained, network: state.inference }
  }
  const settings = spenSettings({ ...shared, ...(own as Partial<SpenSettings>) })
  const searched = await fit(spenLearner(settings, sizes), data, run)
  const { features, output } = searched.state
  const classifier = { features, output } as Host<MlpParams>
  type Tuned = SpenParams<unknown> & { readonly network: MlpParams }
  const logits = classifierNetwork(settings, sizes)
  const answering: typeof logits = {
    ...logits,
    apply: (params, x, noise) => sigmoid(logits.apply(params, x, noise)),
  }
  const tuning = tuningPhase<Tuned, Tensor>(
    energyOverClassifier(settings, sizes),
    inferenceNetwork(answering, 'network'),
    { optimizer: adam({ rate: 0.001 }), epochs: 10 },
  )
  const { state } = await fit(
    {
      family: 'tuning',
      init: () => ({ ...searched.state, network: classifier }),
      // The network learns to minimize: its last state has done so for the longest.
      phases: [{ ...tuning, keeps: 'last' as const }],
    },
    data,
    run,
  )
  return { energy: searched.state, classifier, network: state.network }
}

async function qualities(study: Study, key: string): Promise<readonly SearchQuality[]> {
  const { train: all, test: raw } = await study.load()
  const [rest, held] = split(all, 0.1, random(seed))
  const standardizer = fitStandardizer(rest)
  const dev = standardize(held, standardizer)
  const test = standardize(raw, standardizer)
  const sizes = { inputs: all.featureNames.length, labels: all.labelNames.length }
  const settings = infnetSettings(study.shared)
  const tell = tellEpochs(key, (measured) => measured?.score)
  const onProgress = (progress: Progress): void => {
    if (progress.kind === 'epoch') tell(progress)
  }
  const state = await train(
    study,
    standardize(rest, standardizer),
    { dev, seed, onProgress },
    sizes,
  )

  const searches: { start: SearchStart; steps: number; f1: number; energies: ArrayLike<number> }[] =
    []
  for (const start of starts)
    for (const steps of [...stepCounts, 200]) {
      const score = scorer(search(settings, sizes, start, steps))
      const chosenOn = await score(state, dev)
      const { threshold } = selectThreshold(chosenOn.scores, chosenOn.labels)
      const found = await score(state, test)
      const { f1 } = multilabelReport(found.scores, found.labels, { threshold })
      searches.push({ start, steps, f1: 100 * f1.atThreshold, energies: found.energies.data })
    }
  const best = Array.from({ length: test.size }, (_, i) =>
    Math.min(...searches.map(({ energies }) => energies[i] as number)),
  )
  const errorOf = (energies: ArrayLike<number>): number =>
    best.reduce((total, energy, i) => total + (energies[i] as number) - energy, 0) / best.length
  return searches
    .filter(({ steps }) => stepCounts.includes(steps))
    .map(({ start, steps, f1, energies }) => ({ start, steps, searchError: errorOf(energies), f1 }))
}

/** The medians of rounds in which the searches take turns. Parameters just drawn take as long as trained ones. */
async function times({ load, shared }: Study): Promise<readonly SearchTime[]> {
  const { train: all, test } = await load()
  const sizes = { inputs: all.featureNames.length, labels: all.labelNames.length }
  const settings = infnetSettings(shared)
  const { x } = test.batch(Int32Array.from({ length: 256 }, (_, row) => row))
  const energy = energyOverClassifier(settings, sizes).init(random(seed))
  const { features, output } = energy
  const classifier = { features, output } as Host<MlpParams>
  const params = await put<Trained>({ energy, classifier, network: classifier })
  const searches = starts.flatMap((start) =>
    stepCounts.map((steps) => {
      const solve = search(settings, sizes, start, steps)
      const run = jit((at: Trained, inputs: Tensor) => ({ y: solve(at, inputs).y }), {
        split: [1],
        name: 'search',
      })
      return { start, steps, taken: [] as number[], run: () => run(params, x) }
    }),
  )
  for (let round = 0; round < 40; round++)
    for (const { taken, run } of searches) {
      await run()
      const began = performance.now()
      await run()
      // The first rounds find out how to run.
      if (round >= 8) taken.push(performance.now() - began)
    }
  dispose(params)
  return searches.map(({ start, steps, taken }) => {
    const median = taken.toSorted((a, b) => a - b)[taken.length / 2] as number
    return { start, steps, microseconds: (1000 * median) / (x.shape[0] as number) }
  })
}
