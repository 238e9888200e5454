import {
  add,
  array,
  check,
  type Device,
  dispose,
  div,
  DomainError,
  eagerEngine,
  type Engine,
  exp,
  fill,
  grad,
  greater,
  type Host,
  jit,
  type JitOptions,
  matMul,
  mul,
  neg,
  type NDArray,
  onesLike,
  random,
  read,
  ShapeError,
  square,
  sub,
  sum,
  sumOverShares,
  type Tensor,
} from '@deepstruct/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine, type OnnxEngine } from '../onnx-engine.ts'

interface State {
  readonly w: Tensor
  readonly velocity: Tensor
}
interface Batch {
  readonly x: Tensor
  readonly y: Tensor
}

const features = 5
const start: Host<State> = {
  w: random(1).normals([features, 2]),
  velocity: random(2).normals([features, 2]),
}
const batchOf = (rows: number, seed = rows): Host<Batch> => ({
  x: random(seed).normals([rows, features]),
  y: random(seed + 1).normals([rows, 2]),
})

const options = { keep: ['state'], donate: [0], split: [1] } as const satisfies JitOptions<'state'>

/** The mean squared error and its gradient. */
function descent(w: Tensor, { x, y }: Batch): { loss: Tensor; gradient: Tensor } {
  const error = (v: Tensor): Tensor => sum(square(sub(matMul(x, v), y)))
  const totals = sumOverShares({ loss: error(w), gradient: grad(error)(w), rows: sum(onesLike(y)) })
  return { loss: div(totals.loss, totals.rows), gradient: div(totals.gradient, totals.rows) }
}

function momentum(
  { w, velocity }: State,
  batch: Batch,
  rate: Tensor,
): { state: State; loss: Tensor } {
  const { loss, gradient } = descent(w, batch)
  const next = add(mul(0.9, velocity), gradient)
  return { state: { w: sub(w, mul(rate, next)), velocity: next }, loss }
}

let eager: Engine
beforeAll(async () => {
  eager = await eagerEngine({ backend: 'cpu' })
})

const numbers = (tree: object): number[] =>
  Object.values(tree).flatMap((leaf: NDArray) => [...leaf.data])

function expectClose(got: readonly number[], expected: readonly number[]): void {
  expect(got).toHaveLength(expected.length)
  for (const [i, value] of got.entries()) expect(value).toBeCloseTo(expected[i]!, 5)
}

describe.each([1, 2, 3])('a step on %i threads', (threads) => {
  let engine: OnnxEngine
  beforeAll(async () => {
    engine = await onnxEngine({ threads })
  })
  afterAll(() => engine.close())

  const stepsOn = async (
    on: Engine,
    fn: (state: State, batch: Batch, rate: Tensor) => { state: State; loss: Tensor },
    sizes: readonly number[],
  ): Promise<number[]> => {
    const step = jit(fn, { ...options, engine: on })
    let state = await on.put<State>(start)
    const losses: number[] = []
    for (const [i, rows] of sizes.entries()) {
      const result = await step(state, batchOf(rows), 0.1 / (i + 1))
      state = result.state
      losses.push(...result.loss.data)
    }
    const end = await on.read(state)
    dispose(state)
    return [...losses, ...numbers(end)]
  }

  it('hands out constants as arrays of the caller, at each step', async () => {
    const fn = (state: State, batch: Batch, rate: Tensor) => ({
      ...momentum(state, batch, rate),
      version: fill([2], 7),
    })
    const step = jit(fn, { ...options, engine })
    let state = await engine.put<State>(start)
    for (let i = 0; i < 4; i++) {
      const result = await step(state, batchOf(8), 0.1)
      state = result.state
      expect(result.version).toEqual(array([7, 7]))
      result.version.data.fill(0)
    }
    dispose(state)
  })

  it.each([
    ['one size', [8, 8, 8, 8]],
    ['any size', [8, 3, 2, 7, 8, 8, 64]],
    ['single rows too', [1, 2, 3, 1, 1, 4, 3, 2, 1]],
    ['single rows alone', [1, 1]],
  ])('takes batches of %s, as an eager engine does', async (_, sizes) => {
    const expected = await stepsOn(eager, momentum, sizes)
    const got = await stepsOn(engine, momentum, sizes)
    expectClose(got, expected)
    expect(await stepsOn(engine, momentum, sizes)).toEqual(got)
  })

  it('is one graph where an update has no kernel, with the same results', async () => {
    const fresh = await onnxEngine({ threads })
    // A multiplicative update: the kernels know no exp.
    const exponentiated = ({ w, velocity }: State, batch: Batch, rate: Tensor) => {
      const { loss, gradient } = descent(w, batch)
      return { state: { w: mul(w, exp(neg(mul(rate, gradient)))), velocity }, loss }
    }
    const sizes = [8, 5, 8]
    expectClose(
      await stepsOn(fresh, exponentiated, sizes),
      await stepsOn(eager, exponentiated, sizes),
    )
    expect(fresh.memory()).toEqual({ arrays: 0, bytes: 0 })
    await fresh.close()
  })

  it('leaves a handle alone whose arrays another one has', async () => {
    const copy = jit((state: State) => ({ state }), { keep: ['state'], engine })
    const step = jit(momentum, { ...options, engine })
    const kept: { readonly handle: Device<State>; readonly values: Host<State> }[] = []
    let state = await engine.put<State>(start)
    for (let i = 0; i < 6; i++) {
      // Taken before one step or before several.
      if (i !== 3)
        kept.push({ handle: (await copy(state)).state, values: await engine.read(state) })
      state = (await step(state, batchOf(6), 0.1)).state
    }
    const last = await engine.read(state)
    for (const { handle, values } of kept) expect(await engine.read(handle)).toEqual(values)
    // One of them goes on, in the same way.
    let again = (await step(kept[0]!.handle, batchOf(6), 0.1)).state
    for (let i = 1; i < 6; i++) again = (await step(again, batchOf(6), 0.1)).state
    expect(await engine.read(again)).toEqual(last)
    for (const handle of [state, again, ...kept.slice(1).map((each) => each.handle)])
      dispose(handle)
    expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
  })

  it('gives plain results that are the own of who gets them', async () => {
    const step = jit(
      (state: State, batch: Batch, rate: Tensor) => {
        const { state: next, loss } = momentum(state, batch, rate)
        return { state: next, w: next.w, before: state.velocity, loss }
      },
      { ...options, engine },
    )
    let state = await engine.put<State>(start)
    const results: { readonly w: NDArray; readonly values: readonly number[] }[] = []
    for (let i = 0; i < 4; i++) {
      const before = await engine.read(state)
      const result = await step(state, batchOf(6), 0.1)
      state = result.state
      expect(result.before).toEqual(before.velocity)
      expect(result.w).toEqual((await engine.read(state)).w)
      expect(result.w.data.buffer).toBeInstanceOf(ArrayBuffer)
      results.push({ w: result.w, values: [...result.w.data] })
    }
    for (const { w, values } of results) expect([...w.data]).toEqual(values)
    dispose(state)
  })

  it('reads arrays for the update that are new at each call', async () => {
    const scaled = (state: State, batch: Batch, scales: Tensor) => {
      const { loss, gradient } = descent(state.w, batch)
      return { state: { ...state, w: sub(state.w, mul(scales, gradient)) }, loss }
    }
    const [here, there] = [engine, eager].map((on) => jit(scaled, { ...options, engine: on }))
    let a = await engine.put<State>(start)
    let b = await eager.put<State>(start)
    for (let i = 0; i < 4; i++) {
      const scales = random(i).uniforms([features, 2])
      a = (await here!(a, batchOf(6), scales)).state
      b = (await there!(b, batchOf(6), scales)).state
      expectClose(numbers(await engine.read(a)), numbers(await eager.read(b)))
    }
    dispose(a)
    dispose(b)
  })

  it('throws what a check demands, and leaves the state as it was', async () => {
    const guarded = (state: State, batch: Batch, rate: Tensor) => {
      check(
        greater(batch.y, -100),
        () =>
          new DomainError({
            function: 'guarded',
            argument: 'y',
            got: 'too low',
            expected: '> -100',
          }),
      )
      return momentum(state, batch, rate)
    }
    const step = jit(guarded, { ...options, engine })
    const twin = jit(momentum, { ...options, engine })
    let state = await engine.put<State>(start)
    let other = await engine.put<State>(start)
    for (let i = 0; i < 4; i++) {
      const good = batchOf(7, i)
      const before = await engine.read(state)
      // In the share of each worker once, or in more than one.
      for (const rows of [[0], [3], [6], [0, 6]]) {
        const bad = { x: good.x, y: { ...good.y, data: good.y.data.slice() } }
        for (const row of rows) bad.y.data[2 * row] = -1000
        await expect(step(state, bad, 0.1)).rejects.toThrow(DomainError)
        expect(await engine.read(state)).toEqual(before)
      }
      state = (await step(state, good, 0.1)).state
      other = (await twin(other, good, 0.1)).state
      expect(await engine.read(state)).toEqual(await engine.read(other))
    }
    dispose(state)
    dispose(other)
    expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
  })

  it('has the state that it is given for itself, from the moment of the call on', async () => {
    const step = jit(momentum, { ...options, engine, name: 'momentum' })
    const state = await engine.put<State>(start)
    const before = await read(state)
    const [first, second, third] = await Promise.allSettled([
      step(state, batchOf(6), 0.1),
      step(state, batchOf(6), 0.1),
      read(state),
    ])
    for (const late of [second, third])
      expect(String((late as PromiseRejectedResult).reason)).toMatch(/handle is donated/)
    const { value } = first as PromiseFulfilledResult<Awaited<ReturnType<typeof step>>>
    await expect(step(state, batchOf(6), 0.1)).rejects.toThrow(/^momentum: handle is donated/)
    // A call that fails before it has done anything gives it back.
    const next = await read(value.state)
    expect(next).not.toEqual(before)
    await expect(step(value.state, { x: 1 } as never, 0.1)).rejects.toThrow(ShapeError)
    expect(await read(value.state)).toEqual(next)
    dispose(value.state)
    expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
  })

  it('runs beside others of its kind, and beside what reads', async () => {
    const train = async (rows: number): Promise<number[]> =>
      stepsOn(engine, momentum, Array(30).fill(rows))
    const predict = jit((w: Tensor, x: Tensor) => matMul(x, w), { split: [1], engine })
    const sizes = [4, 9, 6]
    const alone: number[][] = []
    for (const rows of sizes) alone.push(await train(rows))
    const [together] = await Promise.all([
      Promise.all(sizes.map(train)),
      ...Array.from({ length: 30 }, () => predict(start.w, batchOf(50).x)),
    ])
    expect(together).toEqual(alone)
    expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
  })

  it('of one function runs on two states at once', async () => {
    const step = jit(momentum, { ...options, engine })
    const run = async (seed: number): Promise<Host<State>> => {
      let state = await engine.put<State>(start)
      for (let i = 0; i < 20; i++) state = (await step(state, batchOf(6, seed + i), 0.1)).state
      const end = await engine.read(state)
      dispose(state)
      return end
    }
    const alone = [await run(1), await run(100)]
    expect(await Promise.all([run(1), run(100)])).toEqual(alone)
  })

  it('is not split where the result is not made of sums', async () => {
    const centered = (x: Tensor): Tensor => sub(x, div(sum(x), sum(onesLike(x))))
    const total = (x: Tensor): Tensor => sum(x)
    const x = array([1, 2, 6, 3, 8, 4])
    const run = async (fn: (v: Tensor) => Tensor): Promise<number[]> => [
      ...(await jit(fn, { split: [0], engine })(x)).data,
    ]
    expect(await run(total)).toEqual([24])
    expectClose(await run(centered), [-3, -2, 2, -1, 4, 0])
  })
})
