import {
  array,
  broadcastTo,
  dispose,
  div,
  type Engine,
  EngineError,
  filled,
  grad,
  jit,
  matMul,
  mul,
  onesLike,
  put,
  random,
  read,
  square,
  sub,
  sum,
  sumOverShares,
  type Tensor,
  useEngine,
} from '@deepstruct/tensor'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onnxEngine, type OnnxEngine } from './onnx-engine.ts'
import { OutOfMemory, outOfMemory } from './out-of-memory.ts'
import { sharedMemory } from './pool/shared-memory.ts'

/** What a call failed with. */
async function failure(call: Promise<unknown>): Promise<EngineError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(EngineError)
  return error as EngineError
}

const advice = 'expected fewer rows at a time (a smaller batch), fewer threads, or more memory'

/** Larger than any machine has, and than what WebAssembly's memory can still grow to. */
const extents = { node: [2 ** 20, 2 ** 20], web: [1023, 2 ** 20] } as const

describe.each([
  ['node', 1],
  ['node', 2],
  ['web', 1],
] as const)('ONNX Runtime for %s with %i threads', (runtime, threads) => {
  let engine: OnnxEngine
  beforeAll(async () => {
    engine = await onnxEngine({ runtime, threads })
    useEngine(engine)
  })
  afterAll(() => engine.close())

  const shape = extents[runtime]
  const bytes = runtime === 'node' ? 'an array of 4398046511104 bytes' : 'an array'

  /** The engine goes on, and holds what it held. */
  const requireWorking = async (before: object): Promise<void> => {
    expect(engine.memory()).toEqual(before)
    const twice = jit((x: Tensor) => mul(x, 2), { engine })
    expect(await twice(array([3]))).toEqual(array([6]))
  }

  it('lacks memory for a result: the error names the function, what was asked for, and what helps', async () => {
    const before = engine.memory()
    const repeat = jit((x: Tensor) => broadcastTo(x, shape), { engine, name: 'repeat' })
    for (let i = 0; i < 3; i++) {
      const { message, details } = await failure(repeat(array([[1]])))
      expect(message).toContain(
        `repeat: memory is too little for ${bytes}, with arguments of shapes [1, 1], ${advice}`,
      )
      expect(details.cause).toBeDefined()
    }
    await requireWorking(before)
  })

  it('lacks memory in between', async () => {
    const before = engine.memory()
    // So many operations that it runs in a worker, where there are some.
    const outer = (x: Tensor): Tensor =>
      sum(matMul(broadcastTo(x, [2 ** 22, 1]), broadcastTo(x, [1, shape[0] + 1])))
    const { message } = await failure(jit(outer, { engine })(array([[1]])))
    expect(message).toMatch(/^outer: memory is too little for an array/)
    await requireWorking(before)
  })

  it('lacks memory for a share of the rows', async () => {
    const before = engine.memory()
    const widen = (x: Tensor): Tensor => broadcastTo(x, [x.shape[0] ?? 0, shape[0] * shape[1]])
    const wide = jit(widen, { engine, split: [0], name: 'widen' })
    const { message } = await failure(wide(filled([4, 1], 1)))
    expect(message).toMatch(/^widen: memory is too little for an array.* of shapes \[4, 1\], /)
    await requireWorking(before)
  })

  it('lacks memory in a step: the state that was given up is there, and the next step works', async () => {
    type State = { readonly w: Tensor }
    const step = (excess: readonly number[]) =>
      jit(
        ({ w }: State, x: Tensor) => {
          const loss = (v: Tensor): Tensor => sum(square(sub(matMul(x, v), 1)))
          const totals = sumOverShares({
            slope: grad(loss)(w),
            rows: sum(onesLike(x)),
            ...(excess.length > 0 && { excess: sum(square(broadcastTo(sum(x), [...excess]))) }),
          })
          return {
            state: { w: sub(w, mul(0.1, div(totals.slope, totals.rows))) },
            ...(totals.excess && { excess: totals.excess }),
          }
        },
        { keep: ['state'], donate: [0], split: [1], engine, name: 'descent' },
      )
    const [good, bad] = [step([]), step(shape)]
    const x = random(1).normals([8, 3])
    const start = { w: random(2).normals([3, 2]) }
    const expected = await read((await good(await put<State>(start), x)).state)
    const { state } = await good(await put<State>(start), x)
    const before = engine.memory()
    const { sharedBytes } = engine.report()
    for (let i = 0; i < 3; i++) {
      const { message } = await failure(bad(state, x))
      expect(message).toMatch(/^descent: memory is too little for an array.* of shapes \[8, 3\], /)
      expect(await read(state)).toEqual(expected)
    }
    await requireWorking(before)
    expect(engine.report().sharedBytes).toBe(sharedBytes)
    dispose((await good(state, x)).state)
  })
})

describe('memory that threads share', () => {
  type State = { readonly w: Tensor; readonly table: Tensor; readonly other: Tensor }

  /** Descends with `w`, and shrinks two tables beside it. */
  function descent({ w, table, other }: State, x: Tensor): { state: State } {
    const loss = (v: Tensor): Tensor => sum(square(sub(matMul(x, v), 1)))
    const totals = sumOverShares({ slope: grad(loss)(w), rows: sum(onesLike(x)) })
    return {
      state: {
        w: sub(w, mul(0.1, div(totals.slope, totals.rows))),
        table: mul(table, 0.5),
        other: mul(other, 0.5),
      },
    }
  }
  const limit = 2 ** 21
  const x = random(1).normals([8, 3])
  const stateOf = (elements: readonly [number, number], w = random(2).normals([3, 2])) => ({
    w,
    table: filled([elements[0]], 1),
    other: filled([elements[1]], 1),
  })
  // Two of them fit, a third does not.
  const large = 225_000

  const stepOn = (engine: Engine) =>
    jit(descent, { keep: ['state'], donate: [0], split: [1], engine })

  it.each([1, 2])(
    'is bounded: a state beyond it is refused, nothing leaks (%i threads)',
    async (threads) => {
      const engine = await onnxEngine({ threads, sharedBytes: limit })
      const step = stepOn(engine)
      for (let i = 0; i < 3; i++) {
        // There is room for the other one alone.
        const { message } = await failure(step(stateOf([2 * large, large]), x))
        expect(message).toMatch(
          /^descent: memory is too little for 1800000 bytes that threads share, beside \d+ of at most 2097152, with arguments of shapes /,
        )
        expect(message).toContain(advice)
      }
      expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
      let { state } = await step(stateOf([large, large]), x)
      for (let i = 0; i < 3; i++) ({ state } = await step(state, x))
      const { table, other } = await engine.read(state)
      expect(table.data.every((value) => value === 1 / 16)).toBe(true)
      expect(other).toEqual(table)
      expect(engine.report().sharedBytes).toBeLessThanOrEqual(limit)
      // While these are there, not one more fits; a handle that was given up in vain can be used again.
      const second = await engine.put<State>(stateOf([large, large]))
      await failure(step(second, x))
      dispose(state)
      ;({ state } = await step(second, x))
      dispose(state)
      expect(engine.memory()).toEqual({ arrays: 0, bytes: 0 })
      await engine.close()
    },
  )

  it('may be too little for the sums of the workers', async () => {
    const engine = await onnxEngine({ threads: 2, sharedBytes: limit })
    const step = stepOn(engine)
    const wide = random(3).normals([8, 200_000])
    const small = stateOf([1, 1])
    for (let i = 0; i < 3; i++) {
      const { message } = await failure(step({ ...small, w: filled([200_000, 2], 0) }, wide))
      expect(message).toMatch(/^descent: memory is too little for 1600000 bytes that threads share/)
    }
    dispose((await step(stateOf([large, large]), x)).state)
    await engine.close()
  })

  it('may not be there at all', () => {
    expect(() => sharedMemory(2 ** 40)).toThrow(OutOfMemory)
    expect(() => sharedMemory(limit).array([limit])).toThrow(OutOfMemory)
  })
})

describe('outOfMemory', () => {
  it.each([
    // More than an array may have, which takes not a page of memory.
    () => new ArrayBuffer(Number.MAX_SAFE_INTEGER),
    () => new Float32Array(Number.MAX_SAFE_INTEGER),
  ])('knows what JavaScript says: %s', async (refused) => {
    const reason = await (async () => refused())().catch((error: unknown) => error)
    expect(reason).toBeInstanceOf(RangeError)
    expect(outOfMemory(reason)).toBeInstanceOf(OutOfMemory)
  })

  it.each([
    new TypeError('no function'),
    new RangeError('Invalid typed array length: -1'),
    undefined,
  ])('leaves other errors alone: %s', (error) => {
    expect(outOfMemory(error)).toBeUndefined()
  })
})
