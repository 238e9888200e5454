import type { MultilabelDataset } from '@deepstruct/datasets'
import { loadBibtex } from '@deepstruct/datasets/node'
import { projectedGradient } from '@deepstruct/inference'
import { ssvmPhase } from '@deepstruct/spen'
import { ndarray, random } from '@deepstruct/tensor'
import { adam } from '@deepstruct/training'
import type { Case } from '../case.ts'
import { epochWork } from '../work.ts'
import { spenProblem } from './spen-problem.ts'

const batch = 64

/** A pass of the structured SVM over the training examples of Bibtex. */
export async function bibtexEpoch(dataDir: string | undefined): Promise<Case> {
  const { train } = await loadBibtex(dataDir === undefined ? {} : { dataDir })
  const settings = { steps: 10, stepSize: 0.1, rate: 1e-3, batch }
  const { model, parameters, arrays } = spenProblem()
  const everything = train.batch(Array.from({ length: train.size }, (_, row) => row))
  return {
    name: 'bibtex-epoch',
    batches: [batch],
    settings,
    arrays: { ...arrays, ...everything, order: ndarray(firstOrder(train), [train.size], 'int32') },
    comparable: true,
    work: () => {
      const phase = ssvmPhase(model, {
        moves: ['features', 'output', 'label'],
        inference: projectedGradient(settings),
        optimizer: adam({ rate: settings.rate }),
        epochs: 1,
      })
      return Promise.resolve(epochWork(phase, parameters, train, batch))
    },
  }
}

/** The order in which `fit` takes the rows in its first epoch, for peers to follow: it is the first that it draws. */
function firstOrder({ size }: MultilabelDataset): Int32Array {
  return random(0).permutation(size)
}
