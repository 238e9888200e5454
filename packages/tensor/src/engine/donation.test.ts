import { beforeAll, describe, expect, it } from 'vitest'
import {
  add,
  array,
  check,
  type Device,
  dispose,
  DivergenceError,
  DTypeError,
  eagerEngine,
  type Engine,
  EngineError,
  greater,
  jit,
  put,
  read,
  type Tensor,
  useEngine,
} from '../index.ts'

type State = { readonly w: Tensor }

const step = jit(
  ({ w }: State, x: Tensor) => {
    check(
      greater(x, 0),
      () =>
        new DivergenceError({
          function: 'step',
          argument: 'x',
          got: 'negative',
          expected: 'positive',
        }),
    )
    return { state: { w: add(w, x) } }
  },
  { keep: ['state'], donate: [0], name: 'step' },
)
const gone = /: handle is donated, expected a live device handle/

describe('a donated handle', () => {
  let engine: Engine
  beforeAll(async () => {
    engine = await eagerEngine({ backend: 'cpu' })
    useEngine(engine)
  })

  const numbers = async (state: Device<State>): Promise<number[]> => [...(await read(state)).w.data]

  it('cannot be used while the call is under way, as little as later', async () => {
    const before = engine.memory().arrays
    const state = await put<State>({ w: array([1]) })
    const underWay = step(state, 1)
    for (const use of [() => step(state, 2), () => jit(({ w }: State) => w)(state)])
      await expect(use()).rejects.toThrow(EngineError)
    await expect(step(state, 2)).rejects.toThrow(new RegExp(`^step${gone.source}`))
    await expect(read(state)).rejects.toThrow(gone)
    expect(() => {
      dispose(state)
    }).toThrow(gone)
    const next = (await underWay).state
    await expect(step(state, 2)).rejects.toThrow(gone)
    expect(await numbers(next)).toEqual([2])
    dispose(next)
    expect(engine.memory().arrays).toBe(before)
  })

  it('can be used again when the call fails: in a check, before it runs, or for another argument', async () => {
    const state = await put<State>({ w: array([1]) })
    await expect(step(state, -1)).rejects.toThrow(DivergenceError)
    expect(await numbers(state)).toEqual([1])
    const underWay = step(state, -1)
    await expect(step(state, 1)).rejects.toThrow(gone)
    await expect(underWay).rejects.toThrow(DivergenceError)
    await expect(step(state, 'text' as never)).rejects.toThrow(DTypeError)
    const elsewhere = await eagerEngine({ backend: 'cpu' })
    const there = jit(({ w }: State) => ({ w }), { donate: [0], engine: elsewhere })
    await expect(there(state)).rejects.toThrow(/handle is held by eager:cpu/)
    const next = (await step(state, 1)).state
    expect(await numbers(next)).toEqual([2])
    dispose(next)
  })

  it('may be another argument of the same call too, but is donated once', async () => {
    const before = engine.memory().arrays
    const sum = jit((a: State, b: State) => ({ w: add(a.w, b.w) }), {
      keep: ['w'],
      donate: [0],
    })
    const both = jit((a: State, b: State) => ({ w: add(a.w, b.w) }), { donate: [0, 1] })
    const state = await put<State>({ w: array([1, 2]) })
    await expect(both(state, state)).rejects.toThrow(gone)
    const { w } = await sum(state, state)
    expect([...(await read(w)).data]).toEqual([2, 4])
    await expect(read(state)).rejects.toThrow(gone)
    dispose(w)
    expect(engine.memory().arrays).toBe(before)
  })

  it('may sit anywhere in the argument, beside arrays', async () => {
    const w = await put<Tensor>(array([1]))
    const total = jit((parts: readonly Tensor[]) => parts.reduce((a, b) => add(a, b)), {
      donate: [0],
    })
    expect([...(await total([w, array([2]), 3])).data]).toEqual([6])
    await expect(read(w)).rejects.toThrow(gone)
  })
})
