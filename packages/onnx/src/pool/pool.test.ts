import {
  add,
  dispose,
  div,
  EngineError,
  filled,
  grad,
  type Host,
  jit,
  matMul,
  mul,
  type NDArray,
  onesLike,
  random,
  square,
  sub,
  sum,
  sumOverShares,
  tanh,
  type Tensor,
} from '@deepstruct/tensor'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine, type OnnxEngine } from '../onnx-engine.ts'

/** The threads that were started while something was done. */
async function startedBy(work: () => Promise<unknown>): Promise<Worker[]> {
  const workers: Worker[] = []
  const note = (worker: Worker): void => {
    workers.push(worker)
  }
  process.on('worker', note)
  try {
    await work()
  } finally {
    process.off('worker', note)
  }
  return workers
}

type State = { readonly w: Tensor }

/** Descent along the gradient of a mean square. */
function descent({ w }: State, x: Tensor): { state: State; loss: Tensor } {
  const loss = (v: Tensor): Tensor => sum(square(sub(matMul(x, v), 1)))
  const totals = sumOverShares({ loss: loss(w), slope: grad(loss)(w), rows: sum(onesLike(x)) })
  return {
    state: { w: sub(w, mul(0.1, div(totals.slope, totals.rows))) },
    loss: div(totals.loss, totals.rows),
  }
}
const step = (engine: OnnxEngine) =>
  jit(descent, { keep: ['state'], donate: [0], split: [1], engine })

/** A function that takes some milliseconds for each row. */
function heavy(x: Tensor, w: Tensor): Tensor {
  let y = matMul(x, w)
  for (let i = 0; i < layers; i++) y = tanh(matMul(y, w))
  return y
}
const layers = 30
const width = 500
const weights = random(3).normals([width, width], 0, 0.04)
const many = random(4).normals([1200, width])

const x = random(1).normals([12, 4])
const start: Host<State> = { w: random(2).normals([4, 2]) }

async function train(engine: OnnxEngine, steps: number): Promise<NDArray> {
  const run = step(engine)
  let state = await engine.put<State>(start)
  for (let i = 0; i < steps; i++) state = (await run(state, x)).state
  const { w } = await engine.read(state)
  dispose(state)
  return w
}

describe('workers', () => {
  let engine: OnnxEngine
  beforeAll(async () => {
    engine = await onnxEngine({ threads: 3 })
  })
  afterAll(() => engine.close())

  it('are started at the first call that needs them, once, with a name', async () => {
    const fresh = await onnxEngine({ threads: 3 })
    expect(await startedBy(async () => jit(add, { engine: fresh })(x, 1))).toEqual([])
    // The calling thread takes the place of the first one in small steps.
    expect(await startedBy(() => train(fresh, 2))).toHaveLength(2)
    expect(await startedBy(() => train(fresh, 2))).toEqual([])
    expect(
      await startedBy(async () => jit(heavy, { engine: fresh, split: [0] })(many, weights)),
    ).toHaveLength(1)
    await fresh.close()
  })

  it('start again after the engine was closed', async () => {
    const before = await train(engine, 3)
    await engine.close()
    await engine.close()
    expect(
      await startedBy(async () => expect(await train(engine, 3)).toEqual(before)),
    ).toHaveLength(2)
    const run = step(engine)
    // A state outlives the workers.
    let { state } = await run(await engine.put<State>(start), x)
    await engine.close()
    ;({ state } = await run(state, x))
    await engine.close()
    ;({ state } = await run(state, x))
    expect((await engine.read(state)).w).toEqual(before)
    dispose(state)
  })

  it('that are closed in the middle of a call refuse it', async () => {
    const predict = jit(heavy, { engine, split: [0] })
    const expected = await predict(many, weights)
    const outcome = predict(many, weights).catch((error: unknown) => error)
    await new Promise((resolve) => setTimeout(resolve, 0))
    await engine.close()
    expect(await outcome).toBeInstanceOf(EngineError)
    expect(await predict(many, weights)).toEqual(expected)
  })

  it.each([0, 1])('may die: the call is refused, and the next one works (%i)', async (which) => {
    await engine.close()
    const predict = jit(heavy, { engine, split: [0] })
    const expected: NDArray[] = []
    const workers = await startedBy(async () => expected.push(await predict(many, weights)))
    expect(workers).toHaveLength(3)
    const outcome = predict(many, weights).catch((error: unknown) => error)
    await workers[which]!.terminate()
    expect(String(await outcome)).toMatch(/EngineError.* ended while it was needed/)
    expect(
      await startedBy(async () => expect(await predict(many, weights)).toEqual(expected[0])),
    ).toHaveLength(3)
  })

  it('may die between steps of training, which go on from the same state', async () => {
    await engine.close()
    const expected = await train(engine, 6)
    await engine.close()
    const run = step(engine)
    let state = await engine.put<State>(start)
    for (let i = 0; i < 3; i++) {
      const workers = await startedBy(async () => {
        state = (await run(state, x)).state
      })
      expect(workers).toHaveLength(2)
      await workers[0]!.terminate()
      state = (await run(state, x)).state
      await engine.close()
    }
    expect((await engine.read(state)).w).toEqual(expected)
    dispose(state)
  })

  it.each([0, 1])('may fail in a step, which says why and changes nothing (%i)', async (which) => {
    await engine.close()
    const expected = await train(engine, 2)
    await engine.close()
    const run = step(engine)
    let state = await engine.put<State>(start)
    const workers = await startedBy(async () => {
      state = (await run(state, x)).state
    })
    const before = await engine.read(state)
    // It finds this when it looks for the step.
    workers[which]!.postMessage({ kind: 'plan', plan: 0, modules: ['no module'] }, [])
    const outcome = await run(state, x).catch((error: unknown) => error)
    expect(String(outcome)).toMatch(/EngineError.* ended while it was needed, .*join/)
    expect(await engine.read(state)).toEqual(before)
    state = (await run(state, x)).state
    expect((await engine.read(state)).w).toEqual(expected)
    dispose(state)
  })
})

it('holds no more memory after thousands of steps, or of arrays', async () => {
  const engine = await onnxEngine({ threads: 2 })
  const run = step(engine)
  const copy = jit((state: State) => ({ state }), { keep: ['state'], engine })
  let state = await engine.put<State>(start)
  const sizes: number[] = []
  const memories: object[] = []
  let best = (await copy(state)).state
  for (let i = 0; i <= 2000; i++) {
    state = (await run(state, i % 3 === 0 ? x : random(i).normals([2 + (i % 9), 4]))).state
    if (i % 5 === 0) {
      dispose(best)
      best = (await copy(state)).state
    }
    if (i % 500 === 0) {
      memories.push(engine.memory())
      sizes.push(engine.memory().bytes)
    }
  }
  expect(new Set(sizes).size).toBe(1)
  expect(memories.at(-1)).toEqual(memories[1])
  dispose(state)
  dispose(best)
  expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
  await engine.close()
})

describe.each([1, 2, 3])('the memory that %i threads share', (threads) => {
  it('stays as it is after the first steps, whatever sizes batches have', async () => {
    const engine = await onnxEngine({ threads })
    const run = jit(
      (state: State, rows: Tensor) => {
        const next = descent(state, rows)
        return { ...next, change: sub(next.state.w, state.w) }
      },
      { keep: ['state'], donate: [0], split: [1], engine },
    )
    const copy = jit((state: State) => ({ state }), { keep: ['state'], engine })
    const predict = jit(({ w }: State, rows: Tensor) => tanh(matMul(rows, w)), {
      split: [1],
      engine,
    })
    const draw = random(8)
    const [inputs, outputs] = [64, 128]
    const batch = (most: number): NDArray =>
      draw.normals([1 + Math.floor(most * draw.uniform()), inputs], 0, 0.1)
    let state = await engine.put<State>({ w: draw.normals([inputs, outputs], 0, 0.1) })
    let best = (await copy(state)).state
    const sizes: number[] = []
    const failures: unknown[] = []
    // A state is 32 kB, so what a few steps in ten leave behind would soon be more than there is at first.
    for (let i = 0; i < 400; i++) {
      // One row is a graph of its own, which gives the state back elsewhere.
      state = (await run(state, batch(i % 10 === 0 ? 1 : 40))).state
      if (i % 4 === 0) await predict(state, batch(100))
      if (i % 7 === 0) failures.push(await run(state, random(i).normals([4, 3])).catch(String))
      if (i % 5 === 0) {
        dispose(best)
        best = (await copy(state)).state
      }
      // Training goes on from the best state.
      if (i % 50 === 49) {
        dispose(state)
        state = (await copy(best)).state
      }
      sizes.push(engine.report().sharedBytes)
    }
    expect(new Set(sizes.slice(100)).size).toBe(1)
    for (const each of failures) expect(each).toMatch(/ShapeError: matMul/)
    expect(sizes.at(-1)).toBeLessThan(4 * 2 ** 20)
    dispose(state)
    dispose(best)
    expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
    await engine.close()
  })
})

it('sees memory that grew while workers ran', async () => {
  const engine = await onnxEngine({ threads: 3 })
  const before = await train(engine, 3)
  const wide = random(6).normals([6, 200_000])
  let state = await engine.put<State>({ w: filled([200_000, 2], 0.001) })
  const run = step(engine)
  const losses: number[] = []
  for (let i = 0; i < 3; i++) {
    const result = await run(state, wide)
    losses.push(result.loss.data[0]!)
    state = result.state
  }
  expect(losses.every(Number.isFinite)).toBe(true)
  expect(losses.toSorted((a, b) => b - a)).toEqual(losses)
  expect(await train(engine, 3)).toEqual(before)
  dispose(state)
  await engine.close()
})

describe.each([1, 2, 3])('the event loop of %i threads', (threads) => {
  let engine: OnnxEngine
  beforeAll(async () => {
    engine = await onnxEngine({ threads })
  })
  afterAll(() => engine.close())

  /** How often a timer had its turn, and the milliseconds that it all took. */
  async function turnsDuring(
    work: () => Promise<unknown>,
  ): Promise<{ turns: number; took: number }> {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    const begin = performance.now()
    await work()
    const took = performance.now() - begin
    clearInterval(timer)
    return { turns, took }
  }

  it('goes on during a prediction that takes long', async () => {
    const predict = jit(heavy, { split: [0], engine })
    await predict(many, weights)
    const { turns, took } = await turnsDuring(() => predict(many, weights))
    // None if the call blocked; what a machine is busy with besides may take away most of them.
    expect(turns).toBeGreaterThan(Math.min(5, took / 50))
  })

  it('has a turn between steps of training at least', async () => {
    const deep = ({ w }: State, rows: Tensor): { state: State } => {
      const loss = (v: Tensor): Tensor => sum(square(heavy(rows, v)))
      const totals = sumOverShares({ slope: grad(loss)(w), rows: sum(onesLike(rows)) })
      return { state: { w: sub(w, mul(0.01, div(totals.slope, totals.rows))) } }
    }
    const run = jit(deep, { keep: ['state'], donate: [0], split: [1], engine })
    const rows = random(7).normals([16, width])
    let { state } = await run(await engine.put<State>({ w: weights }), rows)
    const steps = 20
    const { turns, took } = await turnsDuring(async () => {
      for (let i = 0; i < steps; i++) state = (await run(state, rows)).state
    })
    dispose(state)
    // None if the steps only ever gave way to each other.
    expect(turns).toBeGreaterThan(Math.min(steps / 2, took / 10))
  })
})
