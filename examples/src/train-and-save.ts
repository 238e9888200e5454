// From data to a model file and back: what `deepstruct train` and `deepstruct predict` do, as a program.
import { fitStandardizer, split, standardize, syntheticMultilabel } from '@deepstruct/datasets'
import { predictor } from '@deepstruct/inference'
import { exampleF1 } from '@deepstruct/metrics'
import { spenFamily, spenSettings } from '@deepstruct/spen'
import { type Host, type NDArray, random, type Tree } from '@deepstruct/tensor'
import { fit, type JsonObject, type Parameters } from '@deepstruct/training'
import { loadModel, saveModel } from '@deepstruct/training/node'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const chosen = spenSettings({
  hidden: [32],
  dropoutInput: 0,
  labelEnergy: 'pairwise',
  classifierEpochs: 10,
  inferenceRate: 0.1,
  energyRate: 0.03,
  energyEpochs: 4,
  jointEpochs: 1,
})

/** Trains a SPEN, writes it, reads it back and predicts test examples. */
export async function main(): Promise<{ readonly f1: number; readonly file: string }> {
  const { train: all, test } = syntheticMultilabel({ seed: 1, examples: 1000, testExamples: 500 })
  const [train, dev] = split(all, 0.2, random(1))
  const standardizer = fitStandardizer(train)
  const sizes = { inputs: all.featureNames.length, labels: all.labelNames.length }

  const { state, history } = await fit(
    spenFamily.learner({ ...chosen }, sizes),
    standardize(train, standardizer),
    { dev: standardize(dev, standardizer), seed: 1 },
  )
  for (const { phase, epoch, dev: measured, best } of history)
    if (best) console.log(`${phase} ${epoch}: F1 ${measured?.score.toFixed(3)} on held-out data`)
  const threshold = history.findLast(({ best }) => best)?.dev?.['threshold'] ?? 0.5

  const folder = await mkdtemp(join(tmpdir(), 'deepstruct-'))
  const file = join(folder, 'model.safetensors')
  try {
    await saveModel(file, {
      family: spenFamily.name,
      configuration: chosen,
      labelNames: all.labelNames,
      inputs: { count: sizes.inputs, standardizer },
      threshold,
      dataDigest: 'synthetic, seed 1',
      parameters: state as Tree<NDArray>,
      createdBy: 'examples',
    })

    const model = await loadModel(file)
    const settings = spenFamily.settings.parse(model.configuration) as JsonObject
    const trained = predictor({
      solve: spenFamily.solve(settings, sizes),
      params: model.parameters as Host<Parameters>,
      threshold: model.threshold,
    })
    const { x, y } = standardize(test, standardizer).batch([...Array(test.size).keys()])
    const found = await trained.predict(x)
    const f1 = exampleF1(trained.decode(found.y), y)
    console.log(`F1 ${f1.toFixed(3)} on test data, by the model that was read back`)
    return { f1, file }
  } finally {
    await rm(folder, { recursive: true })
  }
}

if (process.argv[1] === import.meta.filename) await main()
