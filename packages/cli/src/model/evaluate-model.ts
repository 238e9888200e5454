import type { MultilabelDataset } from '@deepstruct/datasets'
import { type MultilabelReport, multilabelReport } from '@deepstruct/metrics'
import { dispose, put } from '@deepstruct/tensor'
import { type Parameters, type Scored, scorer } from '@deepstruct/training'
import { solverOf, type UsableModel } from './usable-model.ts'

/** The metrics of a model on a data set. */
export interface ModelReport extends MultilabelReport {
  /** The mean energy of the predictions; lower is better, and only comparable within one model. */
  readonly meanEnergy: number
  /** Seconds that prediction took, loading excluded. */
  readonly seconds: number
  /** Examples predicted in a second. */
  readonly examplesPerSecond: number
}

/**
 * Predicts data that are standardized already.
 *
 * @param batchSize - rows at once
 */
export async function scoreModel(
  model: UsableModel,
  data: MultilabelDataset,
  batchSize?: number,
): Promise<Scored & { readonly seconds: number }> {
  const score = scorer(solverOf(model), batchSize)
  const params = await put<Parameters>(model.parameters)
  try {
    const began = performance.now()
    const scored = await score(params, data)
    return { ...scored, seconds: (performance.now() - began) / 1000 }
  } finally {
    dispose(params)
  }
}

/** The metrics of what {@link scoreModel} predicted, at a threshold. */
export function reportOf(
  { scores, labels, energies, seconds }: Scored & { readonly seconds: number },
  threshold: number,
): ModelReport {
  const { examples, f1, hammingLoss, ...further } = multilabelReport(scores, labels, { threshold })
  const meanEnergy =
    Array.from(energies.data).reduce((sum, energy) => sum + energy, 0) / energies.data.length
  return {
    examples,
    f1,
    hammingLoss,
    meanEnergy,
    seconds,
    examplesPerSecond: examples / seconds,
    ...further,
  }
}
