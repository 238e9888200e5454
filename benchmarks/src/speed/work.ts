import { predictor, type TracedSolution } from '@deepstruct/inference'
import { type Host, put, type NDArray, type Tensor } from '@deepstruct/tensor'
import { type Dataset, fit, type Phase, type Progress } from '@deepstruct/training'
import type { Work } from './case.ts'
import { isEnough, timesOf } from './timing.ts'

/** Inference as users call it. */
export async function inferenceWork<P>(
  solve: (params: P, x: Tensor) => TracedSolution,
  parameters: Host<P>,
  x: NDArray,
): Promise<Work> {
  const params = await put<P>(parameters)
  const trained = predictor<P, Tensor>({ solve, params, batchSize: x.shape[0] ?? 1 })
  return {
    result: async () => (await trained.predict(x)).y.data,
    times: (limits) => timesOf(() => trained.predict(x), limits),
  }
}

/** How many training steps are compared. */
const comparedSteps = 5

/**
 * Training steps as `fit` takes them, all on the same batch. Their time is that between two progress events, so it has everything that a
 * user waits for: noise, the step, and what comes back from it.
 */
export function stepWork<S extends object, B>(
  phase: Phase<S, B>,
  parameters: Host<S>,
  batch: Host<B>,
  rows: number,
): Work {
  const train = trainer(phase, parameters, { size: 1000 * rows, batch: () => batch }, rows)
  return {
    async result() {
      const losses: number[] = []
      await train(
        (progress) => progress.kind === 'step' && losses.push(progress.loss) >= comparedSteps,
      )
      return losses
    },
    async times(limits) {
      const times: number[] = []
      let [taken, began, last] = [0, 0, 0]
      await train((progress) => {
        if (progress.kind !== 'step') return false
        const now = performance.now()
        // The first steps compile; what happens between epochs is in the first step of each.
        if (++taken <= 3) began = now
        else if (progress.step > 1) times.push(now - last)
        last = now
        return times.length > 0 && isEnough(limits, times.length, (now - began) / 1000)
      })
      return times
    },
  }
}

/** Whole epochs, as `fit` passes over a data set. */
export function epochWork<S extends object, B>(
  phase: Phase<S, B>,
  parameters: Host<S>,
  data: Dataset<Host<B>>,
  batchSize: number,
): Work {
  const train = trainer(phase, parameters, data, batchSize)
  return {
    async result() {
      let mean = Number.NaN
      await train((progress) => {
        if (progress.kind !== 'epoch') return false
        mean = progress.train['loss'] ?? Number.NaN
        return true
      })
      return [mean]
    },
    async times(limits) {
      const times: number[] = []
      let began: number | undefined
      await train((progress) => {
        if (progress.kind !== 'epoch') return false
        // The first epoch compiles.
        if (began !== undefined) times.push(1000 * progress.seconds)
        began ??= performance.now()
        const seconds = (performance.now() - began) / 1000
        return times.length > 0 && isEnough(limits, times.length, seconds)
      })
      return times
    },
  }
}

/** Trains from the same start each time, until it is told to stop. */
function trainer<S extends object, B>(
  phase: Phase<S, B>,
  parameters: Host<S>,
  data: Dataset<Host<B>>,
  batchSize: number,
): (isDone: (progress: Progress) => boolean) => Promise<void> {
  const endless = { ...phase, epochs: Number.MAX_SAFE_INTEGER }
  const learner = { family: 'benchmark', init: () => parameters, phases: [endless] }
  return async (isDone) => {
    const stop = new AbortController()
    await fit(learner, data, {
      batchSize,
      signal: stop.signal,
      onProgress: (progress) => {
        if (isDone(progress)) stop.abort()
      },
    })
  }
}
