// An energy of your own: a linear classifier of the labels, and a price for each pair of them. The package has this energy with a
// deep classifier as `spen`; here it is written out, to show how little a model has to say.
import { split, syntheticMultilabel } from '@deepstruct/datasets'
import {
  box,
  type EnergyNetwork,
  energySolver,
  predictor,
  projectedGradient,
} from '@deepstruct/inference'
import { exampleF1, selectThreshold } from '@deepstruct/metrics'
import { ssvmPhase } from '@deepstruct/spen'
import { add, dot, matMul, neg, random, type Tensor } from '@deepstruct/tensor'
import { adam, fit, type Labeled, type Learner } from '@deepstruct/training'

type Params = { readonly local: Tensor; readonly pairs: Tensor }

/** $E(x, y) = -\langle x W, y \rangle + y^\top S y$ over the box. */
function pricedPairs(inputs: number, labels: number): EnergyNetwork<Params, Tensor, Tensor> {
  return {
    init: (draw) => ({
      local: draw.normals([inputs, labels], 0, 0.1),
      pairs: draw.normals([labels, labels], 0, 0.01),
    }),
    encode: ({ local }, x) => matMul(x, local),
    energy: ({ pairs }, scores, y) => add(neg(dot(scores, y)), dot(matMul(y, pairs), y)),
    domain: () => box([labels]),
  }
}

/** Trains it with and without prices, and measures both on test data. */
export async function main(): Promise<{ readonly withPairs: number; readonly without: number }> {
  const { train: all, test } = syntheticMultilabel({ seed: 1, examples: 1000, testExamples: 500 })
  const [train, dev] = split(all, 0.2, random(1))
  const model = pricedPairs(all.featureNames.length, all.labelNames.length)
  const inference = projectedGradient({ steps: 10, stepSize: 0.2 })

  const f1Of = async (moves: readonly (keyof Params)[]): Promise<number> => {
    const optimizer = adam({ rate: 0.03 })
    const learner: Learner<Params, Labeled> = {
      family: 'priced pairs',
      init: (_, draw) => model.init(draw),
      phases: [ssvmPhase(model, { moves, inference, optimizer, epochs: 6 })],
    }
    const { state } = await fit(learner, train, { dev, seed: 1 })
    const solve = energySolver(model, inference)
    const onDev = dev.batch(Array.from({ length: dev.size }, (_, row) => row))
    const { y } = await predictor({ solve, params: state }).predict(onDev.x)
    const { threshold } = selectThreshold(y, onDev.y)
    const trained = predictor({ solve, params: state, threshold })
    const onTest = test.batch(Array.from({ length: test.size }, (_, row) => row))
    return exampleF1(trained.decode((await trained.predict(onTest.x)).y), onTest.y)
  }

  const result = { withPairs: await f1Of(['local', 'pairs']), without: await f1Of(['local']) }
  console.log(`F1 on test data: ${result.withPairs.toFixed(3)} with prices for pairs,`)
  console.log(`                 ${result.without.toFixed(3)} with a linear classifier alone`)
  return result
}

if (process.argv[1] === import.meta.filename) await main()
