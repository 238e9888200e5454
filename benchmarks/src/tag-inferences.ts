import type { TaggedDataset } from '@deepstruct/datasets'
import { type EnergyNetwork, type TracedSolution, viterbi } from '@deepstruct/inference'
import { tokenAccuracy } from '@deepstruct/metrics'
import {
  type Device,
  dispose,
  type Host,
  jit,
  type NDArray,
  put,
  type Tensor,
} from '@deepstruct/tensor'
import type { Parameters } from '@deepstruct/training'

/** Tags of a batch of ids: `[batch, length, columns]` to `[batch, length, tags]`. */
export type TagInference = (params: Device<Parameters>, x: NDArray) => Promise<NDArray>

/** How one way of inference did on the test sentences. */
export interface Measured {
  /** Share of test tokens whose tag is right, in percent. */
  readonly accuracy: number
  /** Test sentences tagged in a second, in batches of 64. */
  readonly sentencesPerSecond: number
}

/** Inference that one compiled graph does: a network, or a search with a network in it. */
export function byNetwork(solve: (params: Parameters, x: Tensor) => TracedSolution): TagInference {
  const run = jit((params: Parameters, x: Tensor) => ({ y: solve(params, x).y }), {
    name: 'tags',
  })
  return async (params, x) => (await run(params, x)).y
}

/** Exact inference: the potentials by a compiled graph, the best path on the host. */
export function byViterbi<P, F>(energy: EnergyNetwork<P, Tensor, F>): TagInference {
  const run = jit(
    (params: Parameters, x: Tensor) => {
      const known = params as P
      return energy.potentials!(known, energy.encode(known, x))
    },
    { name: 'potentials' },
  )
  return async (params, x) => (await viterbi(await run(params, x))).y
}

/** Measures each way of inference on the same parameters; the second pass is timed, since the first one compiles. */
export async function measured(
  inferences: Readonly<Record<string, TagInference>>,
  state: Host<Parameters>,
  test: TaggedDataset,
): Promise<Readonly<Record<string, Measured>>> {
  const params = await put<Parameters>(state)
  const found: Record<string, Measured> = {}
  for (const [name, infer] of Object.entries(inferences)) {
    const pass = async (): Promise<number> => {
      let right = 0
      let tokens = 0
      for (let start = 0; start < test.size; start += BATCH) {
        const length = Math.min(BATCH, test.size - start)
        const { x, y } = test.batch(Int32Array.from({ length }, (_, i) => start + i))
        const count = Array.from(y.data).reduce((total, value) => total + value, 0)
        right += count * tokenAccuracy(await infer(params, x), y)
        tokens += count
      }
      return (100 * right) / tokens
    }
    const accuracy = await pass()
    const began = performance.now()
    await pass()
    const seconds = (performance.now() - began) / 1000
    found[name] = { accuracy, sentencesPerSecond: test.size / seconds }
  }
  dispose(params)
  return found
}

const BATCH = 64
