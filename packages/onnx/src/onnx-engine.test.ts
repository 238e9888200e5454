import * as tf from '@tensorflow/tfjs-core'
import {
  add,
  array,
  check,
  dispose,
  DomainError,
  eagerEngine,
  type Engine,
  EngineError,
  filled,
  greater,
  jit,
  matMul,
  mul,
  put,
  read,
  scalar,
  scope,
  sum,
  type Tensor,
  UnsupportedOpError,
  useEngine,
  zeros,
} from '@deepstruct/tensor'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { explain } from './explain.ts'
import { onnxEngine, type OnnxEngine } from './onnx-engine.ts'

let engine: OnnxEngine
let options: { engine: Engine }
beforeAll(async () => {
  engine = await onnxEngine()
  options = { engine }
})

const negative = (): DomainError =>
  new DomainError({ function: 'f', argument: 'x', got: 'negative', expected: 'positive' })

describe('arguments and results', () => {
  it('are trees of any depth', async () => {
    const swap = jit(
      ({ a, rest }: { a: Tensor; rest: readonly Tensor[] }) => ({
        first: rest,
        second: { a: mul(a, 2) },
      }),
      options,
    )
    expect(await swap({ a: array([1]), rest: [array([2, 3]), array([4])] })).toEqual({
      first: [array([2, 3]), array([4])],
      second: { a: array([2]) },
    })
  })

  it('may be numbers, which do not make another graph', async () => {
    const fresh = await onnxEngine()
    const scale = jit((x: Tensor, by: Tensor) => mul(x, by), { engine: fresh })
    expect(await scale(array([1, 2]), 3)).toEqual(array([3, 6]))
    expect(await scale(array([1, 2]), 4)).toEqual(array([4, 8]))
    expect(fresh.report().graphs).toHaveLength(1)
  })

  it('handed through are arrays of their own', async () => {
    const x = array([1, 2])
    const same = await jit((v: Tensor) => ({ a: v, b: v, c: zeros([1]) }), options)(x)
    same.a.data[0] = 9
    expect([same.b.data[0], x.data[0]]).toEqual([1, 1])
    expect(same.c).toEqual(array([0]))
  })

  it('that are constants are arrays of their own at each call', async () => {
    const run = jit((x: Tensor) => ({ x: add(x, 1), c: zeros([1]) }), options)
    const { c } = await run(array([1]))
    c.data[0] = 9
    expect((await run(array([1]))).c).toEqual(array([0]))
  })

  it('of a function of no arguments are constants', async () => {
    useEngine(engine)
    expect(await scope(() => add(scalar(1), scalar(2)))).toMatchObject({ shape: [] })
  })

  it('tell structures apart that flatten to the same leaves', async () => {
    const total = jit(
      (tree: { a?: Tensor; b?: Tensor }) => mul((tree.a ?? tree.b)!, tree.a ? 1 : 2),
      options,
    )
    expect([...(await total({ a: array([3]) })).data]).toEqual([3])
    expect([...(await total({ b: array([3]) })).data]).toEqual([6])
  })

  it('refuses what is no array', async () => {
    const identity = jit((x: Tensor) => x, options)
    await expect(identity('text' as never)).rejects.toThrow(/string, expected a plain array/)
  })
})

describe('handles', () => {
  const step = () =>
    jit((state: { w: Tensor }, x: Tensor) => ({ state: { w: add(state.w, x) }, loss: sum(x) }), {
      ...options,
      keep: ['state'],
      donate: [0],
    })

  it('carry a state from step to step', async () => {
    const before = engine.memory()
    useEngine(engine)
    let state = await put<{ w: Tensor }>({ w: array([1, 1]) })
    const run = step()
    for (let i = 0; i < 5; i++) {
      const result = await run(state, array([i, 1]))
      state = result.state
      expect(result.loss.data[0]).toBe(i + 1)
    }
    expect((await read(state)).w).toEqual(array([11, 6]))
    expect(engine.memory().arrays).toBe(before.arrays + 1)
    expect(engine.memory().bytes).toBe(before.bytes + 8)
    dispose(state)
    expect(engine.memory()).toEqual(before)
  })

  it('that were donated cannot be used again', async () => {
    useEngine(engine)
    const state = await put<{ w: Tensor }>({ w: array([1]) })
    const { state: next } = await step()(state, array([1]))
    await expect(step()(state, array([1]))).rejects.toThrow(
      /donated, expected a live device handle/,
    )
    dispose(next)
    await expect(step()(next, array([1]))).rejects.toThrow(/disposed/)
  })

  it('of another engine are refused', async () => {
    useEngine(await eagerEngine({ backend: 'cpu' }))
    const handle = await put<Tensor>(array([1]))
    await expect(jit((x: Tensor) => x, options)(handle)).rejects.toThrow(/held by eager:cpu/)
    dispose(handle)
  })

  it('hold a copy', async () => {
    useEngine(engine)
    const x = array([1, 2])
    const handle = await put<Tensor>(x)
    x.data[0] = 7
    const first = await read(handle)
    first.data[1] = 8
    expect(await read(handle)).toEqual(array([1, 2]))
    dispose(handle)
  })

  it('and plain results of one value are independent', async () => {
    const both = jit(
      (x: Tensor) => {
        const y = mul(x, 2)
        return { kept: y, plain: y }
      },
      { ...options, keep: ['kept'] },
    )
    const { kept, plain } = await both(array([1]))
    plain.data[0] = 5
    expect(await read(kept)).toEqual(array([2]))
    dispose(kept)
  })
})

describe('checks', () => {
  it('are looked at after the run, and nothing is lost', async () => {
    useEngine(engine)
    const guarded = jit(
      (state: Tensor, x: Tensor) => {
        check(greater(x, 0), negative)
        return { state: add(state, x) }
      },
      { ...options, keep: ['state'], donate: [0] },
    )
    const state = await put<Tensor>(array([1]))
    await expect(guarded(state, array([-1]))).rejects.toThrow(DomainError)
    const { state: next } = await guarded(state, array([2]))
    expect(await read(next)).toEqual(array([3]))
    dispose(next)
  })

  it('of constants are looked at as well', async () => {
    const fn = jit((x: Tensor) => {
      check(greater(scalar(-1), 0), negative)
      return x
    }, options)
    await expect(fn(array([1]))).rejects.toThrow(DomainError)
  })

  it('of nothing hold', async () => {
    const fn = jit((x: Tensor) => {
      check(greater(x, 0), negative)
      return sum(x)
    }, options)
    expect([...(await fn(array([]))).data]).toEqual([0])
  })
})

describe('what cannot be compiled', () => {
  const refused = async (
    fn: (x: Tensor) => Tensor,
    error: new (...args: never[]) => Error,
    message: RegExp,
  ): Promise<void> => {
    const { numTensors } = tf.memory()
    const before = tf.getBackend()
    const run = jit(fn, { ...options, name: 'forecast' })
    await expect(run(array([1, 2]))).rejects.toThrow(error)
    await expect(run(array([1, 2]))).rejects.toThrow(message)
    expect(tf.memory().numTensors).toBe(numTensors)
    expect(tf.getBackend()).toBe(before)
  }

  it('is reading a value', async () => {
    await refused(
      (x) => mul(x, sum(x).dataSync()[0]!),
      EngineError,
      /^forecast: a tensor is read inside of a jitted function, .*return what you want to read/,
    )
  })

  it('is drawing at random', async () => {
    await refused(
      (x) => mul(x, Math.random()),
      EngineError,
      /forecast: a random number is drawn .*random\(seed\)/,
    )
    await refused((x) => mul(x, tf.randomUniform([2])), EngineError, /a random number/)
    expect(Math.random()).toBeLessThan(1)
  })

  it.each<[string, (x: Tensor) => Tensor]>([
    ['randomUniform', (x) => mul(x, tf.randomUniform([2], 0, 1, 'float32', 7))],
    ['randomUniformInt', (x) => mul(x, tf.cast(tf.randomUniformInt([2], 0, 9, 7), 'float32'))],
    ['randomNormal', (x) => mul(x, tf.randomNormal([2], 0, 1, 'float32', 7))],
    ['randomStandardNormal', (x) => mul(x, tf.randomStandardNormal([2], 'float32', 7))],
    ['truncatedNormal', (x) => mul(x, tf.truncatedNormal([2], 0, 1, 'float32', 7))],
    ['randomGamma', (x) => mul(x, tf.randomGamma([2], 1, 1, 'float32', 7))],
    [
      'rand',
      (x) =>
        mul(
          x,
          tf.rand([2], () => 0.5),
        ),
    ],
    ['dropout', (x) => tf.dropout(x, 0.5, undefined, 7)],
    ['multinomial', (x) => tf.cast(tf.multinomial(x as tf.Tensor1D, 2, 7), 'float32')],
  ])('is drawing at random with a seed, by tf.%s', async (name, fn) => {
    await refused(
      fn,
      EngineError,
      new RegExp(`^forecast: a result of tf\\.${name} is drawn .*pass it in`),
    )
    // Drawn outside, it is a constant as any other.
    const noise = tf.tidy(() => tf.keep(tf.randomUniform([2], 0, 1, 'float32', 7)))
    const [first] = await noise.data()
    expect((await jit((x: Tensor) => mul(x, noise), options)(array([1, 1]))).data[0]).toBe(first)
    noise.dispose()
  })

  it('is a kernel without a rule', async () => {
    await refused(
      (x) => tf.real(tf.fft(tf.complex(x, x))),
      UnsupportedOpError,
      /^forecast: the op complex is the tfjs kernel Complex/,
    )
  })

  it('is what throws itself', async () => {
    await refused(
      () => {
        throw negative()
      },
      DomainError,
      /negative/,
    )
  })

  it('runs on an eager engine beside it', async () => {
    const eager = await eagerEngine({ backend: 'cpu' })
    const tensor = tf.tidy(() => tf.keep(tf.tensor1d([1, 2])))
    for (const each of [engine, eager, engine, eager])
      expect(await jit((x: Tensor) => mul(x, tensor), { engine: each })(array([3, 4]))).toEqual(
        array([3, 8]),
      )
    expect([...(await tensor.data())]).toEqual([1, 2])
    tensor.dispose()
  })
})

describe('onnxEngine', () => {
  it.each([0, -1, 1.5])('refuses %d threads', async (threads) => {
    await expect(onnxEngine({ threads })).rejects.toThrow(DomainError)
  })

  it('says what to install', async () => {
    await expect(onnxEngine({ runtime: 'abacus' as never })).rejects.toThrow(/'node' or 'web'/)
  })

  it('reports what it compiled', async () => {
    const fresh = await onnxEngine()
    await jit((x: Tensor) => matMul(x, x), { engine: fresh, name: 'square' })(
      array([
        [1, 2],
        [3, 4],
      ]),
    )
    expect(fresh.report().graphs).toMatchObject([{ name: 'square', shapes: [[2, 2]], nodes: 1 }])
    expect(fresh.report().graphs[0]!.traceMs).toBeGreaterThan(0)
    expect(fresh.report().graphs[0]!.sessionMs).toBeGreaterThan(0)
  })

  it('warns once of a function with many graphs', async () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    const total = jit((x: Tensor) => sum(mul(x, x)), { engine: await onnxEngine(), name: 'total' })
    for (let i = 1; i < 20; i++) await total(filled([i, 2 * i], 1))
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]![0]).toMatch(/total/)
    warn.mockRestore()
  })
})

it('explains what a function becomes', async () => {
  function affine(x: Tensor, w: Tensor): Tensor {
    return add(matMul(x, w), 1)
  }
  const text = await explain(affine, [array([[1, 2]]), array([[1], [2]])])
  expect(text.split('\n')).toEqual([
    'affine: 2 nodes',
    '  1 × Add',
    '  1 × MatMul',
    'largest arrays:',
    '  float32[1, 1] by MatMul',
    '  float32[1, 1] by Add',
  ])
})
