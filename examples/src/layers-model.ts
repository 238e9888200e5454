// A tf.LayersModel as the feature network of a SPEN: built with tfjs-layers, trained here together with the label energy.
import { split, syntheticMultilabel } from '@deepstruct/datasets'
import { classifierPhase } from '@deepstruct/feedforward'
import { projectedGradient } from '@deepstruct/inference'
import { type Network, withOutput } from '@deepstruct/networks'
import {
  type PairwiseParams,
  pairwiseEnergy,
  spen,
  type SpenParams,
  ssvmPhase,
} from '@deepstruct/spen'
import { eagerEngine, ndarray, random, type Tensor, useEngine } from '@deepstruct/tensor'
import { adam, fit, type Labeled, type Learner } from '@deepstruct/training'
import { layers, type LayersModel, sequential } from '@tensorflow/tfjs-layers'

/** Makes a model a function of weights that it is given, one tensor for each of its own, in their order. */
async function featuresOf(model: LayersModel): Promise<Network<readonly Tensor[]>> {
  const initial = await Promise.all(
    model.weights.map(async (variable) => {
      const values = variable.read()
      return ndarray(Float32Array.from(await values.data()), values.shape)
    }),
  )
  return {
    inputs: model.inputs[0]?.shape.at(-1) ?? 0,
    outputs: model.outputs[0]?.shape.at(-1) ?? 0,
    init: () => initial,
    apply(params, x) {
      // Layers read their variables; for this call they read what training moves.
      for (const [i, variable] of model.weights.entries())
        Object.assign(variable, { read: () => params[i] })
      try {
        return model.apply(x, { training: false }) as Tensor
      } finally {
        for (const variable of model.weights) Reflect.deleteProperty(variable, 'read')
      }
    },
  }
}

/** Trains it, first as a classifier, then with the label energy, and compares the two on held-out data. */
export async function main(): Promise<{ readonly classifier: number; readonly spen: number }> {
  useEngine(await eagerEngine()) // loads the backend that tfjs-layers makes its weights on
  const { train: all } = syntheticMultilabel({ seed: 1, examples: 1000 })
  const [train, dev] = split(all, 0.2, random(1))
  const labels = all.labelNames.length

  const layersModel = sequential({
    layers: [
      layers.dense({ units: 32, activation: 'tanh', inputShape: [all.featureNames.length] }),
      layers.dense({ units: 32, activation: 'tanh' }),
    ],
  })
  const network = withOutput(await featuresOf(layersModel), { outputs: labels })
  const model = spen({ network, labelEnergy: pairwiseEnergy({ labels }) })

  const learner: Learner<SpenParams<PairwiseParams, readonly Tensor[]>, Labeled> = {
    family: 'SPEN over a LayersModel',
    init: (_, draw) => model.init(draw),
    phases: [
      classifierPhase(network, { epochs: 8, rate: 3e-3 }),
      ssvmPhase(model, {
        moves: ['features', 'output', 'label'],
        inference: projectedGradient({ steps: 10, stepSize: 0.2 }),
        optimizer: adam({ rate: 0.01 }),
        epochs: 5,
      }),
    ],
  }
  const { history } = await fit(learner, train, { dev, seed: 1 })
  layersModel.dispose()

  const bestOf = (name: string): number =>
    Math.max(...history.map(({ phase, dev: found }) => (phase === name ? found!.score : 0)))
  const result = { classifier: bestOf('classifier'), spen: bestOf('ssvm') }
  console.log(
    `F1 on held-out data: ${result.classifier.toFixed(3)} by a classifier of ${labels} labels,`,
  )
  console.log(
    `                     ${result.spen.toFixed(3)} with an energy of the labels together`,
  )
  return result
}

if (process.argv[1] === import.meta.filename) await main()
