// Trains the two models of the playground and writes them beside this file: `node playground/train-models.mjs`, a minute.
import { writeFileSync } from 'node:fs'
import { spenLearner, spenSettings } from '@deepstruct/spen'
import { array, random } from '@deepstruct/tensor'
import { encodeModel, fit } from '@deepstruct/training'
import { drawScene, drawShape, labelNames, side } from './worlds.mjs'

/** Examples of a world, as `fit` takes them. */
function examplesOf(draw, seed, size) {
  const source = random(seed)
  const examples = Array.from({ length: size }, () => draw(source))
  const columns = (rows, key) => array(Array.from(rows, (row) => examples[row][key]))
  return { size, batch: (rows) => ({ x: columns(rows, 'x'), y: columns(rows, 'y') }) }
}

async function train(name, draw, labels, chosen, examples) {
  const settings = spenSettings({ learning: 'ssvm', ...chosen })
  const sizes = { inputs: labels.length, labels: labels.length }
  const data = examplesOf(draw, 1, examples)
  const dev = examplesOf(draw, 2, 400)
  const { state, status, history } = await fit(spenLearner(settings, sizes), data, {
    dev,
    seed: 1,
  })
  console.log(name, status, history.at(-1)?.dev)
  const bytes = encodeModel({
    family: 'spen',
    configuration: settings,
    labelNames: labels,
    inputs: { count: labels.length },
    threshold: 0.5,
    dataDigest: `playground/worlds.mjs ${draw.name}, seed 1, ${examples} examples`,
    parameters: state,
    createdBy: '0.1.0',
  })
  writeFileSync(new URL(`models/${name}.safetensors`, import.meta.url), bytes)
}

await train(
  'labels',
  drawScene,
  labelNames,
  { hidden: [], labelEnergy: 'pairwise', inferenceRate: 0.1, energyRate: 0.01, jointRate: 0.003 },
  1500,
)
const pixels = Array.from({ length: side * side }, (_, i) => `${Math.floor(i / side)} ${i % side}`)
await train(
  'masks',
  drawShape,
  pixels,
  {
    hidden: [32],
    measurements: 24,
    classifierEpochs: 15,
    energyEpochs: 8,
    jointEpochs: 5,
    inferenceRate: 0.1,
  },
  1500,
)
