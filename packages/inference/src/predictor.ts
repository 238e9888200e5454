import {
  Device,
  dispose,
  DTypeError,
  flatten,
  type Host,
  type Input,
  isNDArray,
  jit,
  joinRows,
  type NDArray,
  put,
  ShapeError,
  takeRows,
} from '@deepstruct/tensor'
import { breather } from './breather.ts'
import { wholeNumber } from './options.ts'
import { type Solution, statuses, type TracedSolution } from './solution.ts'

/** What a trained model is at test time: parameters and the function that finds an output with them. */
export interface PredictorConfiguration<P, X> {
  /** Finds an output for each row; traceable, so that an engine can compile or export it. See {@link energySolver}. */
  readonly solve: (params: P, x: X) => TracedSolution
  /** The trained parameters; a handle saves the upload at each call. */
  readonly params: Host<P> | Device<P>
  /** A label is predicted where $y$ exceeds this; default 0.5. */
  readonly threshold?: number
  /** The names of the labels, by position. */
  readonly labels?: readonly string[]
  /** The most rows that are worked on at a time, which bounds the memory; default 256. */
  readonly batchSize?: number
  /** The structures that relaxed outputs stand for; default 1 where $y$ exceeds the threshold, int32 of the same shape. */
  decode?(y: NDArray): NDArray
}

/** How {@link Predictor}'s `predict` works. */
export interface PredictOptions {
  /** Ends the work before the next block of rows. */
  readonly signal?: AbortSignal
}

/** A trained model, ready to predict. */
export interface Predictor<P, X> extends PredictorConfiguration<P, X> {
  readonly threshold: number
  readonly batchSize: number
  /**
   * Finds an output for each row. Plain arrays may have any number of rows, on the first axis of each of them: they are worked on in blocks.
   * A device handle is one block.
   *
   * @param x - the inputs
   * @param options - an `AbortSignal` that is looked at before each block
   * @returns one output for each row; rejects with the reason of the signal when that is aborted before the last block
   * @throws {@link @deepstruct/tensor!ShapeError} when the arrays differ in their number of rows
   */
  predict(x: Input<X>, options?: PredictOptions): Promise<Solution>
  /** The structures that relaxed outputs stand for. */
  decode(y: NDArray): NDArray
}

/**
 * Makes a {@link Predictor}.
 *
 * @throws {@link @deepstruct/tensor!DomainError} when the batch size is no positive whole number
 */
export function predictor<P, X>(configuration: PredictorConfiguration<P, X>): Predictor<P, X> {
  const { solve, params, threshold = 0.5, batchSize = 256 } = configuration
  wholeNumber('predictor', 'batchSize', batchSize)
  const run = jit((p: P, x: X) => ({ ...solve(p, x) }), {
    split: [1],
    name: solve.name || 'predict',
  })
  const solveBlock = async (
    p: Host<P> | Device<P>,
    x: Input<X>,
    { signal }: PredictOptions,
  ): Promise<Host<TracedSolution>> => {
    signal?.throwIfAborted()
    return run(p, x)
  }
  return {
    decode: ({ shape, data }) => ({
      shape,
      dtype: 'int32',
      data: Int32Array.from(data, (value) => (value > threshold ? 1 : 0)),
    }),
    ...configuration,
    threshold,
    batchSize,
    async predict(x, options = {}) {
      const rows = rowsOf(x)
      if (rows === undefined || rows <= batchSize)
        return readable(await solveBlock(params, x, options))
      const held = params instanceof Device ? params : await put<P>(params)
      try {
        const block = async (begin: number): Promise<Host<TracedSolution>> =>
          solveBlock(held, takeRows(x, begin, Math.min(begin + batchSize, rows)), options)
        const blocks: [Host<TracedSolution>, ...Host<TracedSolution>[]] = [await block(0)]
        const breathe = breather()
        for (let begin = batchSize; begin < rows; begin += batchSize) {
          await breathe()
          blocks.push(await block(begin))
        }
        return readable(joinRows(blocks))
      } finally {
        if (held !== params) dispose(held)
      }
    },
  }
}

function readable({ status, ...rest }: Host<TracedSolution>): Solution {
  return { ...rest, status: Array.from(status.data, (code) => statuses[code] ?? 'diverged') }
}

/** How many rows the arrays of the inputs have; nothing when some are handles, whose shape is not known here. */
function rowsOf(x: unknown): number | undefined {
  const { leaves, paths } = flatten(x, isInput, (path, value) => {
    throw new DTypeError({
      function: 'predict',
      argument: path || 'x',
      got: typeof value,
      expected: 'a plain array (NDArray), a number or a device handle, or a tree of them',
    })
  })
  if (leaves.some((leaf) => leaf instanceof Device)) return undefined
  let rows: number | undefined
  for (const [i, leaf] of leaves.entries()) {
    if (!isNDArray(leaf) || leaf.shape.length === 0) continue
    rows ??= leaf.shape[0]
    if (leaf.shape[0] !== rows)
      throw new ShapeError({
        function: 'predict',
        argument: paths[i] || 'x',
        got: `of shape [${leaf.shape.join(', ')}]`,
        expected: `${rows} rows, as the other inputs`,
      })
  }
  return rows
}

function isInput(value: unknown): value is NDArray | number | Device<unknown> {
  return typeof value === 'number' || value instanceof Device || isNDArray(value)
}
