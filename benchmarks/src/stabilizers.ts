// What does each stabilizer of an inference network do, and what happens without it? The game of energy and network from one classifier,
// with stabilizers left out and put in; after each epoch, on held-out examples: F1, the gap of the energies, the entropy of the outputs,
// the distance to the pretrained network. Usage:
//
//   node benchmarks/dist/stabilizers.js [--set NAME …] [--epochs N] [--seed N] [--threads N] [--data-dir DIR]
//
// Results are kept in benchmarks/results/stabilizers.json; what is there is not run again. The guide draws its curves from there.
import { fitStandardizer, split, standardize, syntheticMultilabel } from '@deepstruct/datasets'
import { loadBibtex, type TrainAndTest } from '@deepstruct/datasets/node'
import { classifierNetwork, energyOverClassifier } from '@deepstruct/feedforward'
import {
  binaryEntropy,
  infnetLearner,
  type InfnetSettings,
  infnetSettings,
  type InfnetState,
} from '@deepstruct/infnet'
import { type MlpParams } from '@deepstruct/networks'
import { onnxEngine } from '@deepstruct/onnx'
import {
  flatten,
  type Host,
  isNDArray,
  jit,
  mean,
  type NDArray,
  random,
  read,
  sigmoid,
  sub,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { fit, type Labeled, type Phase, type Sizes } from '@deepstruct/training'
import { parseArgs } from 'node:util'
import { chosen } from './chosen.ts'
import { markdownTable } from './markdown-table.ts'
import { resultsFile } from './results-file.ts'
import { tellEpochs } from './tell-epochs.ts'

/** What was measured on held-out examples after an epoch; 0 is the pretrained network. */
export interface StabilizerEpoch {
  readonly epoch: number
  /** Example-averaged F1 at its best threshold, in percent. */
  readonly f1: number
  /** The mean of $E(x, y) - E(x, G(x))$; positive where the network finds outputs below the truth. */
  readonly gap: number
  /** The mean entropy of an output, in nats for each label. */
  readonly entropy: number
  /** $\lVert \Phi - \Phi_0 \rVert$. */
  readonly distance: number
}

/** A game with its stabilizers. */
export interface StabilizedGame {
  readonly set: string
  readonly variant: string
  readonly seed: number
  /** What differs from the default settings. */
  readonly settings: Partial<InfnetSettings>
  readonly status: string
  /** What diverged, where something did. */
  readonly why?: string
  readonly epochs: readonly StabilizerEpoch[]
}

const { values } = parseArgs({
  options: {
    set: { type: 'string', multiple: true },
    epochs: { type: 'string', default: '8' },
    seed: { type: 'string', default: '0' },
    threads: { type: 'string', default: '2' },
    'data-dir': { type: 'string' },
  },
})
const place = values['data-dir'] === undefined ? {} : { dataDir: values['data-dir'] }
const gameEpochs = Number(values.epochs)
const seed = Number(values.seed)

interface Study {
  load(): TrainAndTest | Promise<TrainAndTest>
  readonly settings: Partial<InfnetSettings>
}

// The published rates: at the lower ones of the defaults nothing has the time to go wrong.
const published = { networkRate: 0.001, energyRate: 0.001, pull: 0 }
const studies: Readonly<Record<string, Study>> = {
  bibtex: { load: () => loadBibtex(place), settings: published },
  synthetic: {
    load: () => syntheticMultilabel({ seed, examples: 4000, testExamples: 1 }),
    settings: {
      ...published,
      labelEnergy: 'pairwise',
      energyRate: 0.01,
      hidden: [64],
      dropoutInput: 0,
      dropoutHidden: 0.2,
      classifierEpochs: 30,
    },
  },
}

const variants: Readonly<Record<string, Partial<InfnetSettings>>> = {
  nothing: {},
  'pull 1': { pull: 1 },
  'pull 10': { pull: 10 },
  'entropy 1': { entropy: 1 },
  'cross-entropy 1': { crossEntropy: 1 },
  'L2 0.001': { networkDecay: 0.001 },
  'clipping 1': { clipNorm: 1 },
  dropout: { networkDropout: true },
  'hinge truncated': { networkObjective: 'hinge' },
  'as published': { pull: 10, entropy: 1, networkObjective: 'hinge' },
  'low rates, pull 1': { networkRate: 1e-4, energyRate: 3e-4, pull: 1 },
}

useEngine(await onnxEngine({ threads: Number(values.threads) }))
const kept = resultsFile<StabilizedGame>(new URL('../results/stabilizers.json', import.meta.url))
const rows: string[][] = []
for (const set of values.set ?? Object.keys(studies)) {
  const study = chosen(studies, '--set', set)
  let prepared: ReturnType<typeof prepare> | undefined
  for (const [variant, own] of Object.entries(variants)) {
    const settings = { ...study.settings, ...own }
    const key = `${set}, seed ${seed}, ${gameEpochs} epochs, ${variant}, ${JSON.stringify(settings)}`
    const game = await kept.once(key, async () => {
      prepared ??= prepare(study)
      const played = await play(await prepared, { ...settings, gameEpochs }, key)
      return { set, variant, seed, settings, ...played }
    })
    const last = game.epochs.at(-1) as StabilizerEpoch
    const figures = [last.f1, last.gap, last.entropy, last.distance]
    rows.push([set, variant, game.status, ...figures.map((figure) => figure.toPrecision(3))])
  }
}
const head = ['set', 'variant', 'status', 'F1', 'gap', 'entropy', 'distance']
console.log(markdownTable(head, rows))

/** The data, and the classifier that all games on them start from. */
async function prepare({ load, settings: chosenSettings }: Study) {
  const { train: all } = await load()
  const [rest, dev] = split(all, 0.1, random(seed))
  const standardizer = fitStandardizer(rest)
  const sizes = { inputs: all.featureNames.length, labels: all.labelNames.length }
  const data = { train: standardize(rest, standardizer), dev: standardize(dev, standardizer) }
  const learner = infnetLearner(infnetSettings(chosenSettings), sizes)
  const classifier = await fit({ ...learner, phases: learner.phases.slice(0, 1) }, data.train, {
    dev: data.dev,
    seed,
  })
  return { ...data, sizes, start: classifier.state }
}

/** Plays a game, and measures it. */
async function play(
  { train, dev, sizes, start }: Awaited<ReturnType<typeof prepare>>,
  chosenSettings: Partial<InfnetSettings>,
  key: string,
): Promise<Pick<StabilizedGame, 'status' | 'why' | 'epochs'>> {
  const settings = infnetSettings({ ...chosenSettings, patience: gameEpochs })
  const learner = infnetLearner(settings, sizes)
  const [classifier, game] = learner.phases as readonly [InfnetPhase, InfnetPhase]
  const measure = measuring(settings, sizes)
  const tell = tellEpochs(key, (held) => held?.score)
  const epochs: StabilizerEpoch[] = []
  const measured: InfnetPhase = {
    ...game,
    async evaluate(state, data) {
      const examples = data.batch(Int32Array.from({ length: data.size }, (_, row) => row))
      const found = await measure(await read(state), examples)
      const evaluation = await (game.evaluate as NonNullable<typeof game.evaluate>)(state, data)
      epochs.push({ epoch: epochs.length, f1: 100 * evaluation.score, ...found })
      return evaluation
    },
  }
  const { status, divergence } = await fit(
    // The classifier is there; its phase only gives the game something to start from.
    { ...learner, init: () => start, phases: [{ ...classifier, epochs: 0 }, measured] },
    train,
    {
      dev,
      seed,
      onProgress: (progress) => {
        if (progress.kind === 'epoch') tell(progress)
      },
    },
  )
  return { status, ...(divergence !== undefined && { why: divergence.message }), epochs }
}

type InfnetPhase = Phase<InfnetState, Labeled>

/** The figures of a state on examples, but for the F1. */
function measuring(
  settings: InfnetSettings,
  sizes: Sizes,
): (
  state: Host<InfnetState>,
  examples: Host<Labeled>,
) => Promise<Omit<StabilizerEpoch, 'epoch' | 'f1'>> {
  const model = energyOverClassifier(settings, sizes)
  const network = classifierNetwork(settings, sizes)
  const figures = jit(
    (state: InfnetState, { x, y }: Labeled) => {
      const answer = sigmoid(network.apply(state.augmented as MlpParams, x))
      const features = model.encode(state, x)
      const energy = (point: Tensor): Tensor => model.energy(state, features, point)
      return { gap: mean(sub(energy(y), energy(answer))), entropy: mean(binaryEntropy(answer)) }
    },
    { name: 'figures' },
  )
  return async (state, examples) => {
    const { gap, entropy } = await figures(state, examples)
    return {
      gap: gap.data[0] as number,
      entropy: (entropy.data[0] as number) / sizes.labels,
      distance: distance(arraysOf(state.augmented), arraysOf(state.pretrained)),
    }
  }
}

function distance(from: readonly NDArray[], to: readonly NDArray[]): number {
  const squares = from.flatMap(({ data }, i) =>
    Array.from(data, (value, j) => (value - ((to[i] as NDArray).data[j] as number)) ** 2),
  )
  return Math.sqrt(squares.reduce((total, part) => total + part, 0))
}

function arraysOf(parameters: Host<InfnetState>['augmented']): readonly NDArray[] {
  return flatten(parameters, isNDArray, (path) => {
    throw new TypeError(`${path} is no array`)
  }).leaves
}
