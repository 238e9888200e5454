import { type Device, type Host, type Input, jit, type NDArray } from '@deepstruct/tensor'
import { type Solution, statuses, type TracedSolution } from './solution.ts'

/** What a trained model is at test time: parameters and the function that finds an output with them. */
export interface PredictorConfiguration<P, X> {
  /** Finds an output for each row; traceable, so that an engine can compile or export it. */
  readonly solve: (params: P, x: X) => TracedSolution
  /** The trained parameters. */
  readonly params: Host<P> | Device<P>
  /** A label is predicted where $y$ exceeds this; default 0.5. */
  readonly threshold?: number
  /** The names of the labels, by position. */
  readonly labels?: readonly string[]
}

/** A trained model, ready to predict. */
export interface Predictor<P, X> extends PredictorConfiguration<P, X> {
  readonly threshold: number
  /** Finds an output for each row of a batch. */
  predict(x: Input<X>): Promise<Solution>
  /** The labels of relaxed outputs: 1 where $y$ exceeds the threshold, int32 of the same shape. */
  decode(y: NDArray): NDArray
}

/** Makes a {@link Predictor}. */
export function predictor<P, X>(configuration: PredictorConfiguration<P, X>): Predictor<P, X> {
  const { solve, params, threshold = 0.5 } = configuration
  const run = jit((p: P, x: X) => ({ ...solve(p, x) }), { name: solve.name || 'predict' })
  return {
    ...configuration,
    threshold,
    async predict(x) {
      const { status, ...rest } = (await run(
        params,
        x,
      )) as unknown as Host<TracedSolution>
      return { ...rest, status: Array.from(status.data, (code) => statuses[code] ?? 'diverged') }
    },
    decode: ({ shape, data }) => ({
      shape,
      dtype: 'int32',
      data: Int32Array.from(data, (value) => (value > threshold ? 1 : 0)),
    }),
  }
}
