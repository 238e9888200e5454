import { dispose, put } from '@deepstruct/tensor'
import { type Parameters, scorer } from '@deepstruct/training'
import type { Examples, Predicted, UsableModel } from '../tasks/task.ts'
import { solverOf } from './solver-of.ts'

/**
 * Predicts examples whose truth is known.
 *
 * @param batchSize - examples at once
 */
export async function scoreModel(
  model: UsableModel,
  data: Examples,
  batchSize: number,
): Promise<Predicted> {
  const score = scorer(solverOf(model), batchSize)
  const params = await put<Parameters>(model.parameters)
  try {
    // The first batch compiles, which is no part of how fast the model is.
    await score(params, { ...data, size: Math.min(data.size, batchSize) })
    const began = performance.now()
    const scored = await score(params, data)
    return { ...scored, seconds: (performance.now() - began) / 1000 }
  } finally {
    dispose(params)
  }
}
