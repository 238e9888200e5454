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

/** The share of test tokens that each way of inference tags right, in percent. */
export async function accuracies(
  inferences: Readonly<Record<string, TagInference>>,
  state: Host<Parameters>,
  test: TaggedDataset,
): Promise<Readonly<Record<string, number>>> {
  const params = await put<Parameters>(state)
  const found: Record<string, number> = {}
  for (const [name, infer] of Object.entries(inferences)) {
    let right = 0
    let tokens = 0
    for (const { x, y } of batchesOf(test)) {
      const count = Array.from(y.data).reduce((total, value) => total + value, 0)
      right += count * tokenAccuracy(await infer(params, x), y)
      tokens += count
    }
    found[name] = (100 * right) / tokens
  }
  dispose(params)
  return found
}

/** Test sentences that each way of inference tags in a second, in batches of 64; the median of a few passes. */
export async function rates(
  inferences: Readonly<Record<string, TagInference>>,
  state: Host<Parameters>,
  test: TaggedDataset,
): Promise<Readonly<Record<string, number>>> {
  const params = await put<Parameters>(state)
  const found: Record<string, number> = {}
  for (const [name, infer] of Object.entries(inferences)) {
    const times: number[] = []
    for (let pass = -1; pass < PASSES; pass++) {
      const began = performance.now()
      for (const { x } of batchesOf(test)) await infer(params, x)
      // The first pass compiles.
      if (pass >= 0) times.push((performance.now() - began) / 1000)
    }
    found[name] = test.size / times.toSorted((a, b) => a - b)[(PASSES - 1) / 2]!
  }
  dispose(params)
  return found
}

function batchesOf(data: TaggedDataset): readonly ReturnType<TaggedDataset['batch']>[] {
  return Array.from({ length: Math.ceil(data.size / BATCH) }, (_, i) => {
    const length = Math.min(BATCH, data.size - i * BATCH)
    return data.batch(Int32Array.from({ length }, (__, row) => i * BATCH + row))
  })
}

const BATCH = 64
const PASSES = 5
